#!/usr/bin/env python3
"""Packs a built program: Scripts/dist.py PROGRAM [FOLDER], by default into dist/.

    gigastt-VERSION-linux-x86_64.tar.gz    the program, ONNX Runtime, FFmpeg, SQLite, licences, manual pages, completions
    gigastt_VERSION_amd64.deb              the same with a systemd unit; SQLite comes from Debian
    gigastt_server-VERSION-….whl           the files of the tarball and the Python client of Python/; on x86-64
    ffmpeg_VERSION-source.tar              the source of the packed FFmpeg libraries; publish it beside the packages
    sbom.json, SHA256SUMS                  bill of materials (CycloneDX 1.6); digests of the files

PROGRAM is linked with Swift's libraries statically (Scripts/build.sh --static-swift-stdlib); `make dist` builds it. The same
program gives the same bytes: times are SOURCE_DATE_EPOCH, by default that of the commit. The FFmpeg libraries are built by
ffmpeg.py; PROGRAM must be built with headers of their series. DEBFULLNAME and DEBEMAIL name the maintainer of the Debian
package.
"""
import datetime
import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

import ffmpeg
import man_pages
import wheel

ROOT = pathlib.Path(__file__).resolve().parents[1]
DEBIAN_NAMES = {"x86_64": "amd64", "aarch64": "arm64"}
# The newest symbols of the C library that a program for Debian 12 and 13 and Ubuntu 22.04 may need.
NEWEST_GLIBC = (2, 35)
# Any system has these; SQLite is packed.
SYSTEM_LIBRARIES = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6", "libz.so.1", "libdl.so.2",
                    "libpthread.so.0", "librt.so.1"}
SQLITE = "libsqlite3.so.0"
# The maintainer of a Debian package is its builder.
MAINTAINER = f"{os.environ.get('DEBFULLNAME', 'gigastt contributors')} <{os.environ.get('DEBEMAIL', 'gigastt@example.org')}>"


def output(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def epoch():
    given = os.environ.get("SOURCE_DATE_EPOCH")
    return int(given or output("git", "log", "-1", "--format=%ct", cwd=ROOT))


def moment():
    return datetime.datetime.fromtimestamp(epoch(), datetime.timezone.utc)


def glibc(file):
    """The newest version of the C library of which a file needs a symbol."""
    found = re.findall(r"GLIBC_(\d+)\.(\d+)", output("objdump", "-T", file))
    return max((int(major), int(minor)) for major, minor in found)


def needed(file):
    return set(re.findall(r"NEEDED\s+(\S+)", output("objdump", "-p", file)))


def checked(file):
    """The file, if it runs on the systems that the packages are for."""
    if (version := glibc(file)) > NEWEST_GLIBC:
        raise SystemExit(f"{file} needs GLIBC_{version[0]}.{version[1]}: build on an older system")
    packed = {SQLITE, *ffmpeg.LIBRARIES}
    unknown = {name for name in needed(file) - SYSTEM_LIBRARIES - packed if not name.startswith("ld-linux")}
    if unknown:
        raise SystemExit(f"{file} needs {', '.join(sorted(unknown))}: link with --static-swift-stdlib")
    return file


def library(program, name):
    """The file of a library that the program is linked with."""
    return re.search(rf"{re.escape(name)} => (\S+)", output("ldd", program)).group(1)


def notices():
    """The licences of everything that is linked in or packed, but ONNX Runtime, package after package."""
    parts = []
    for folder in sorted((ROOT / ".build/checkouts").iterdir()):
        for file in sorted(folder.iterdir()):
            if file.is_file() and re.match(r"LICEN[SC]E|NOTICE|COPYING", file.name, re.IGNORECASE):
                parts.append(titled(f"{folder.name}: {file.name}", file.read_text(errors="replace")))
    swift = pathlib.Path(shutil.which("swiftc")).resolve().parents[1] / "share/swift/LICENSE.txt"
    if not swift.exists():
        raise SystemExit(f"{swift} was not found: the licence of Swift's libraries belongs into the package")
    parts.append(titled("Swift: LICENSE.txt", swift.read_text()))
    parts.append(titled("FFmpeg", ffmpeg.notice()))
    parts.append(titled("SQLite", "SQLite is in the public domain: https://sqlite.org/copyright.html\n"))
    return "".join(parts)


def titled(title, text):
    rule = "=" * 80
    return f"{rule}\n{title}\n{rule}\n\n{text}\n"


class Package:
    """The files of a package below one folder."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, path, content, mode=0o644):
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        target.chmod(mode)

    def copy(self, source, path, mode=0o644):
        self.write(path, pathlib.Path(source).read_bytes(), mode)

    def link(self, path, target):
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).symlink_to(target)


def compressed(text):
    return gzip.compress(text.encode() if isinstance(text, str) else text, 9, mtime=0)


def fill(package, program, version, sbom, prefix=""):
    """What both packages have: the program beside its model and libraries in lib/gigastt, a link in bin."""
    home = f"{prefix}lib/gigastt"
    with tempfile.TemporaryDirectory() as work:
        stripped = pathlib.Path(work) / "gigastt"
        subprocess.run(["strip", "--strip-all", "-o", stripped, program], check=True)
        package.copy(checked(stripped), f"{home}/gigastt", 0o755)
    for file in sorted(program.parent.glob("gigastt_GigaSTT.resources/**/*")):
        if file.is_file():
            package.copy(file, f"{home}/{file.relative_to(program.parent)}")
    package.link(f"{prefix}bin/gigastt", "../lib/gigastt/gigastt")
    runtime = pathlib.Path(os.environ.get("GIGASTT_PREFIX", "/usr/local")) / "lib/gigastt"
    (shared,) = runtime.glob("libonnxruntime.so.*[0-9]")
    package.copy(checked(shared), f"{home}/{shared.name}")
    for file in ffmpeg.libraries():
        package.copy(checked(file), f"{home}/{file.name}")
    documents = f"{prefix}share/doc/gigastt"
    for name in ("onnxruntime-LICENSE", "onnxruntime-ThirdPartyNotices.txt"):
        package.write(f"{documents}/{name}.gz", compressed((runtime / name).read_bytes()))
    package.write(f"{documents}/THIRD-PARTY-NOTICES.gz", compressed(notices()))
    package.copy(ROOT / "README.md", f"{documents}/README.md")
    package.copy(ROOT / "README.ru.md", f"{documents}/README.ru.md")
    package.write(f"{documents}/sbom.json.gz", compressed(sbom))
    date = moment().strftime("%Y-%m-%d")
    dump = json.loads(output(program, "--experimental-dump-help"))
    for name, text in man_pages.pages(dump, version, date).items():
        package.write(f"{prefix}share/man/man1/{name}.gz", compressed(text))
    for shell, path in (("bash", "bash-completion/completions/gigastt"), ("zsh", "zsh/vendor-completions/_gigastt"),
                        ("fish", "fish/vendor_completions.d/gigastt.fish")):
        script = output(program, "--generate-completion-script", shell)
        # Completions are read by the shell, not run.
        package.write(f"{prefix}share/{path}", re.sub(r"\A#!.*\n+", "", script))


def c_library(package, program, version, prefix="", settings="lib/pkgconfig"):
    """The C library beside the program's files, its header, and what pkg-config reads; the wheel has none of them."""
    shared = program.parent / "libgigastt.so"
    if not shared.exists():
        raise SystemExit(f"{shared} was not found: build it with Scripts/library.sh release --static-swift-stdlib")
    with tempfile.TemporaryDirectory() as work:
        stripped = pathlib.Path(work) / shared.name
        subprocess.run(["strip", "--strip-unneeded", "-o", stripped, shared], check=True)
        package.copy(checked(stripped), f"{prefix}lib/gigastt/{shared.name}")
    package.copy(ROOT / "Sources/CGigaSTT/include/gigastt.h", f"{prefix}include/gigastt.h")
    # A tarball may be anywhere.
    place = "/usr" if prefix else "${pcfiledir}/../.."
    text = (ROOT / "Scripts/gigastt.pc").read_text().replace("@PREFIX@", place).replace("@VERSION@", version)
    package.write(f"{prefix}{settings}/gigastt.pc", text)


def archive(folder, name, time):
    """A tar of the folder, gzip-compressed, that depends on its content only."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted([folder, *folder.rglob("*")]):
            entry = tar.gettarinfo(path, f"{name}/{path.relative_to(folder)}".rstrip("/."))
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = "root"
            entry.mtime = time
            if entry.isdir():
                entry.mode = 0o755
            if entry.isreg():
                with path.open("rb") as file:
                    tar.addfile(entry, file)
            else:
                tar.addfile(entry)
    return gzip.compress(plain.getvalue(), 6, mtime=0)


def tarball(program, version, sbom, target):
    """Writes the tarball, and the wheel, which has the same files."""
    name = f"gigastt-{version}-linux-{os.uname().machine}"
    with tempfile.TemporaryDirectory() as work:
        package = Package(pathlib.Path(work) / name)
        fill(package, program, version, sbom)
        package.copy(checked(library(program, SQLITE)), f"lib/gigastt/{SQLITE}")
        package.copy(ROOT / "LICENSE", "LICENSE")
        package.copy(ROOT / "Deploy/gigastt.service", "share/doc/gigastt/gigastt.service")
        package.folder.chmod(0o755)
        check_ffmpeg(package.folder)
        if os.uname().machine == "x86_64":
            wheel.write(package.folder, version, epoch(), target)
        c_library(package, program, version)
        (target / f"{name}.tar.gz").write_bytes(archive(package.folder, name, epoch()))


def check_ffmpeg(folder):
    """The packed program opens the packed libraries: those of the system would have another version."""
    done = subprocess.run([folder / "bin/gigastt", "doctor", "--json"], env={"GIGASTT_BUILT_IN_MODEL": "1"},
                          stdout=subprocess.PIPE, text=True)
    found = (json.loads(done.stdout)["ffmpeg"] or {}).get("libavformat")
    if found != (packed := ffmpeg.version("libavformat")):
        raise SystemExit(f"{folder.name} opens libavformat {found}, not the packed {packed}: build it with headers of that series")


def debian(program, version, sbom, target):
    machine = DEBIAN_NAMES[os.uname().machine]
    with tempfile.TemporaryDirectory() as work:
        package = Package(pathlib.Path(work) / "root")
        fill(package, program, version, sbom, "usr/")
        c_library(package, program, version, "usr/", f"lib/{os.uname().machine}-linux-gnu/pkgconfig")
        unit = (ROOT / "Deploy/gigastt.service").read_text().replace("/usr/local/bin/gigastt", "/usr/bin/gigastt")
        # The instructions for an installation by hand do not apply.
        unit = re.sub(r"Install:\n(#.*\n)+", "See gigastt-serve(1).\n", unit, count=1)
        package.write("usr/lib/systemd/system/gigastt.service", unit)
        files = [package.folder / "usr/lib/gigastt/gigastt", *package.folder.glob("usr/lib/gigastt/*.so*")]
        fields = {
            "VERSION": version, "ARCHITECTURE": machine, "GLIBC": "{}.{}".format(*max(map(glibc, files))),
            "MAINTAINER": MAINTAINER, "DATE": moment().strftime("%a, %d %b %Y %H:%M:%S +0000")}
        for file in sorted((ROOT / "Deploy/debian").iterdir()):
            text = re.sub(r"@([A-Z]+)@", lambda match: fields[match.group(1)], file.read_text())
            if file.name == "changelog":
                package.write("usr/share/doc/gigastt/changelog.gz", compressed(text))
            elif file.name == "copyright":
                package.write("usr/share/doc/gigastt/copyright", text)
            elif file.name == "lintian-overrides":
                package.write("usr/share/lintian/overrides/gigastt", text)
            elif file.name == "control":
                size = sum(f.stat().st_size for f in package.folder.rglob("*") if f.is_file() and not f.is_symlink()) // 1024
                package.write("DEBIAN/control", text.rstrip("\n") + f"\nInstalled-Size: {size}\n")
            else:
                package.write(f"DEBIAN/{file.name}", text, 0o755)
        installed = [f for f in sorted((package.folder / "usr").rglob("*")) if f.is_file() and not f.is_symlink()]
        sums = [f"{hashlib.md5(f.read_bytes()).hexdigest()}  {f.relative_to(package.folder)}\n" for f in installed]
        package.write("DEBIAN/md5sums", "".join(sums))
        for path in [package.folder, *package.folder.rglob("*")]:
            if path.is_dir():
                path.chmod(0o755)
            os.utime(path, (epoch(), epoch()), follow_symlinks=False)
        file = target / f"gigastt_{version}_{machine}.deb"
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", package.folder, file], check=True,
            stdout=subprocess.DEVNULL, env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch())})


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    program = pathlib.Path(sys.argv[1]).resolve()
    target = pathlib.Path(sys.argv[2] if len(sys.argv) == 3 else ROOT / "dist")
    if len(sys.argv) == 3 and target.exists() and any(target.iterdir()):
        raise SystemExit(f"{target} is not empty")
    os.umask(0o022)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    version = output(program, "--version").split()[-1]
    sbom = output(ROOT / "Scripts/dependencies.py", "--sbom", "-", "--packed", env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch())})
    (target / "sbom.json").write_text(sbom)
    tarball(program, version, sbom, target)
    debian(program, version, sbom, target)
    (target / ffmpeg.source_name()).write_bytes(ffmpeg.source_archive(epoch()))
    files = sorted(target.iterdir())
    (target / "SHA256SUMS").write_text("".join(f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}\n" for f in files))
    for file in files:
        print(f"{file.stat().st_size / 1e6:8.1f} MB  {file}")


main()
