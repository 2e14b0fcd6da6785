"""The bundle for machines without a network: packed, installed without one, and used.

usage: bundle.py PROGRAM
"""

import hashlib
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

from serving import ROOT, recording

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
MODEL = PROGRAM.parent / "gigastt_GigaSTT.resources/BuiltInModel"


def tarball(folder):
    """A stand-in for what `make dist` packs: the built program, started by a script."""
    script = folder / "gigastt"
    script.write_text(f'#!/bin/sh\nexec {PROGRAM} "$@"\n')
    script.chmod(0o755)
    path = folder / "gigastt-3.0.0-linux-x86_64.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.add(script, "gigastt-3.0.0-linux-x86_64/bin/gigastt")
    return path


def bundle(packed, model, target):
    return subprocess.run(
        [ROOT / "Scripts/bundle.py", packed, model, target], env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"},
        capture_output=True, text=True)


def install(folder, home):
    """Runs the installer without a network where a namespace can be had, and with the tools of any system."""
    command = ["sh", folder / "install.sh", home / "opt"]
    alone = ["unshare", "--user", "--map-root-user", "--net"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode == 0:
        command = [*alone, *command]
    return subprocess.run(command, env={"HOME": str(home), "PATH": os.environ["PATH"]}, capture_output=True, text=True)


def model_folder(folder):
    """A model as a download leaves it."""
    folder.mkdir()
    for file in MODEL.iterdir():
        (folder / file.name).symlink_to(file)
    (folder / "wespeaker_resnet34.onnx.partial").write_bytes(b"half")
    (folder / ".download.lock").write_bytes(b"")
    (folder / "v3_vocab.txt.sha256").write_text("of another disk")
    return folder


def files(folder):
    return {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()}


def main():
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        packed, model = tarball(work), model_folder(work / "model")
        results = []
        for name in ("one", "two"):
            done = bundle(packed, model, work / name)
            assert done.returncode == 0, done.stderr
            (result,) = (work / name).glob("*.tar")
            results.append(result)
        assert results[0].read_bytes() == results[1].read_bytes(), "two bundles of the same files differ"
        stated = pathlib.Path(f"{results[0]}.sha256").read_text().split()
        assert stated == [hashlib.sha256(results[0].read_bytes()).hexdigest(), results[0].name], stated
        with tarfile.open(results[0]) as tar:
            tar.extractall(work / "unpacked", filter="data")
        (folder,) = (work / "unpacked").iterdir()
        assert files(folder / "models") == files(MODEL)

        home = work / "home"
        home.mkdir()
        done = install(folder, home)
        assert done.returncode == 0, done.stderr
        command = done.stdout.splitlines()[-1].replace("RECORDING", str(recording("08"))).split()
        spoken = subprocess.run(command, env={"HOME": str(home)}, capture_output=True, text=True)
        assert spoken.returncode == 0 and len(spoken.stdout.split()) > 5, spoken.stderr

        # A byte that changed on the way: nothing is installed.
        file = folder / "models/v3_vocab.txt"
        file.write_bytes(b"X" + file.read_bytes()[1:])
        other = work / "other"
        other.mkdir()
        done = install(folder, other)
        assert done.returncode == 1 and "damaged" in done.stderr, done.stderr
        assert not list(other.iterdir())

        # What cannot recognise speech is not packed.
        (work / "empty").mkdir()
        assert "no model" in bundle(packed, work / "empty", work / "three").stderr
        (model / "v3_rnnt_joint.onnx").unlink()
        done = bundle(packed, model, work / "three")
        assert done.returncode == 1 and "does not run" in done.stderr, done.stderr
        assert not list((work / "three").glob("*.tar"))
    print("bundle packed twice, installed without a network, used; damage refused")


main()
