#!/usr/bin/env python3
"""Packs a model beside the program, for machines without a network: Scripts/bundle.py TARBALL MODEL-FOLDER [FOLDER].

TARBALL is what `make dist` wrote, MODEL-FOLDER what `gigastt download` filled. The bundle goes into FOLDER, by default that of
the tarball:

    gigastt-VERSION-linux-MACHINE-offline.tar
        install.sh     checks the digests, then installs both: ./install.sh [PROGRAM-FOLDER [MODEL-FOLDER]]
        SHA256SUMS     the digests of all other files
        gigastt-VERSION-linux-MACHINE.tar.gz
        models/…

The packed program loads the model first: a bundle that cannot recognise speech is not written. The same files give the same
bytes; times are SOURCE_DATE_EPOCH, by default that of the commit. The licences of the models are their publishers'.
"""
import hashlib
import io
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
INSTALL = ROOT / "Deploy/offline/install.sh"
# What a download leaves beside a model: unfinished files, its lock, and notes that hold for the disk they were written on.
LEFT_OUT = re.compile(r"\.partial(\.json)?$|\.sha256$|(^|/)\.")


def epoch():
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return int(given or subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def model_files(folder):
    """The files of a model by their paths in the bundle. Links are followed: a model may be one of links."""
    files = {}
    for path in sorted(pathlib.Path(root, name) for root, _, names in os.walk(folder, followlinks=True) for name in names):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not LEFT_OUT.search(name):
            if "\n" in name or "\\" in name:
                raise SystemExit(f"{path}: a file name with a line break or a backslash cannot be packed")
            files[f"models/{name}"] = path
    return files


def check(tarball, model):
    """The packed program recognises speech with the model."""
    with tempfile.TemporaryDirectory() as work:
        with tarfile.open(tarball) as tar:
            tar.extractall(work, filter="data")
        (program,) = pathlib.Path(work).glob("*/bin/gigastt")
        done = subprocess.run(
            [program, "--offline", "transcribe", "--model-dir", model, ROOT / "Demo/08_route.wav"],
            env={"HOME": work, "PATH": os.environ["PATH"]}, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{tarball.name} does not run with {model}:\n{done.stderr.strip()}")


def digest(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(bundle, name, files, time):
    """A tar of files, given by their paths in it; streamed, because a model has hundreds of megabytes."""
    sums = "".join(f"{digest(path)}  {place}\n" for place, path in files.items()).encode()
    unfinished = bundle.with_suffix(".partial")
    with tarfile.open(unfinished, "w", format=tarfile.GNU_FORMAT) as tar:
        for place in ["SHA256SUMS", *files]:
            entry = tarfile.TarInfo(f"{name}/{place}")
            entry.mtime, entry.uname, entry.gname = time, "root", "root"
            if place == "SHA256SUMS":
                entry.size = len(sums)
                tar.addfile(entry, io.BytesIO(sums))
                continue
            entry.size = files[place].stat().st_size
            entry.mode = 0o755 if place == "install.sh" else 0o644
            with files[place].open("rb") as file:
                tar.addfile(entry, file)
    unfinished.rename(bundle)


def main():
    if len(sys.argv) not in (3, 4):
        raise SystemExit(__doc__)
    tarball, model = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    match = re.fullmatch(r"(gigastt-.+-linux-.+)\.tar\.gz", tarball.name)
    if not match or not tarball.is_file():
        raise SystemExit(f"{tarball} is not a tarball of `make dist`")
    models = model_files(model) if model.is_dir() else {}
    if not any(place.endswith(".onnx") for place in models):
        raise SystemExit(f"there is no model in {model}: fill it with `gigastt download --model-dir`")
    check(tarball, model)
    name = f"{match[1]}-offline"
    target = pathlib.Path(sys.argv[3]) if len(sys.argv) == 4 else tarball.parent
    target.mkdir(parents=True, exist_ok=True)
    bundle = target / f"{name}.tar"
    write(bundle, name, {"install.sh": INSTALL, tarball.name: tarball, **models}, epoch())
    pathlib.Path(f"{bundle}.sha256").write_text(f"{digest(bundle)}  {bundle.name}\n")
    print(f"{bundle.stat().st_size / 1e6:8.1f} MB  {bundle}")


main()
