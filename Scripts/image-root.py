#!/usr/bin/env python3
"""Runs the steps of Deploy/Dockerfile in Debian folders (debootstrap, chroot), for machines without a container engine.

    Scripts/image-root.py PROGRAM     the image that runs; PROGRAM and the Swift libraries it needs stand in for the build
    Scripts/image-root.py --build     both stages, with the Swift toolchain of this machine; takes as long as a release build

Then the image must transcribe a recording as its unprivileged user, and its start line and health check must work in a
network of their own. Needs root and Debian's archive. The base system is kept in .cache.
"""

import ctypes
import fcntl
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
BASE = ROOT / ".cache/debian-bookworm.tar"
ARCHIVE = "http://deb.debian.org/debian"
# What the image swift:6.2-bookworm has besides the toolchain, for the linker and for SwiftPM.
TOOLCHAIN_PACKAGES = (
    "binutils ca-certificates git gnupg2 libc6-dev libcurl4-openssl-dev libedit2 libgcc-12-dev libpython3-dev libsqlite3-0"
    " libstdc++-12-dev libxml2-dev libz3-dev make pkg-config tzdata zlib1g-dev")


def run(*command, **options):
    subprocess.run(command, check=True, stdout=sys.stderr, **options)


def instructions(text):
    """The stages of a Dockerfile: the base image, its name and the instructions in order."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    stages = []
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        name, _, rest = line.strip().partition(" ")
        if name == "FROM":
            base, *alias = re.split(r" AS ", rest)
            stages.append((base, alias[0] if alias else None, []))
        elif name:
            stages[-1][2].append((name, rest.strip()))
    return stages


class Folder:
    """One stage: a Debian system in a folder, with /proc while commands run."""

    def __init__(self, path):
        self.path, self.directory, self.user, self.settings = path, "/", None, {}
        path.mkdir()
        run("tar", "-C", path, "-xf", BASE)
        # The archive has the mode of a temporary folder, which other users may not enter.
        path.chmod(0o755)
        shutil.copy("/etc/resolv.conf", path / "etc/resolv.conf")

    def command(self, arguments):
        """The command in the folder, as the stage's user."""
        identity = [f"--userspec={self.user}:{self.user}"] if self.user else []
        environment = ["env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", f"HOME={self.home()}"]
        inner = ["chroot", *identity, str(self.path), *environment, *self.variables, *arguments]
        mounts = f"mount -t proc proc {self.path}/proc; mount --bind /dev {self.path}/dev; "
        mounts += "".join(f"mkdir -p {self.path}{source}; mount --rbind {source} {self.path}{source}; " for source in self.binds)
        return ["unshare", "--mount", "sh", "-ec", f'{mounts} exec "$@"', "sh", *inner]

    # Folders of this machine that the stage sees, and variables of its commands.
    binds, variables = (), ()

    def home(self):
        if not self.user:
            return "/root"
        passwd = (self.path / "etc/passwd").read_text().splitlines()
        return next(line.split(":")[5] for line in passwd if line.split(":")[2] == self.user)

    def shell(self, text):
        run(*self.command(["sh", "-c", f"cd {shlex.quote(self.directory)} && {text}"]))

    def copy(self, rest, stages):
        *sources, target = shlex.split(rest)
        source_root = ROOT
        if sources[0].startswith("--from="):
            source_root = stages[sources.pop(0).removeprefix("--from=")]
        place = self.path / os.path.normpath(os.path.join(self.directory, target)).lstrip("/")
        for source in sources:
            path = source_root / source.lstrip("/")
            if path.is_dir():
                # A folder's content, as the Dockerfile reference says.
                shutil.copytree(path, place, dirs_exist_ok=True, symlinks=True)
            else:
                to = place / path.name if target.endswith(("/", "./")) or target == "." else place
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, to)

    def apply(self, steps, stages):
        for name, rest in steps:
            if name == "RUN":
                self.shell(rest)
            elif name == "COPY":
                self.copy(rest, stages)
            elif name == "WORKDIR":
                self.directory = rest
                (self.path / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
            elif name == "USER":
                self.user = rest
            elif name in ("CMD", "ENTRYPOINT", "HEALTHCHECK", "STOPSIGNAL", "VOLUME", "EXPOSE"):
                self.settings[name] = rest
            else:
                raise SystemExit(f"the instruction {name} of the Dockerfile is not known here")


def built(program, folder):
    """The build stage without building: a program, its resources and Swift's libraries, as the stage would leave them."""
    program = pathlib.Path(program).resolve()
    image, libraries = folder / "image", folder / "usr/local/lib/gigastt"
    image.mkdir(parents=True)
    libraries.mkdir(parents=True)
    shutil.copy2(program, image / "gigastt")
    for resources in program.parent.glob("gigastt_*.resources"):
        shutil.copytree(resources, image / resources.name)
    prefix = os.environ.get("GIGASTT_PREFIX", "/usr/local")
    for library in pathlib.Path(f"{prefix}/lib/gigastt").iterdir():
        shutil.copy2(library, libraries)
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    for library in re.findall(r"=> (\S*/usr/lib/swift/linux/\S+)", listed):
        shutil.copy2(library, libraries)
    return folder


def isolate_network():
    """Gives this process and its children a network in which only loopback is up."""
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000) != 0:  # CLONE_NEWNET; os.unshare needs Python 3.12
        raise SystemExit("this process may not have a network of its own")
    with socket.socket() as probe:
        fcntl.ioctl(probe, 0x8914, struct.pack("16sH14x", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS: IFF_UP, IFF_RUNNING


def check(folder):
    recording = (ROOT / "Demo/08_route.wav").read_bytes()
    done = subprocess.run(
        folder.command(["gigastt", "transcribe", "-"]), input=recording, capture_output=True)
    text = done.stdout.decode().strip()
    assert done.returncode == 0 and text, (done.returncode, done.stderr.decode())
    start = json.loads(folder.settings["ENTRYPOINT"]) + json.loads(folder.settings["CMD"])
    health = folder.settings["HEALTHCHECK"].split(" CMD ", 1)[1].replace("CMD ", "", 1)
    # The network of this process is that of the image from here on: its port is free.
    isolate_network()
    # The client library of PostgreSQL is in the image: it says that nothing answers.
    store = "GIGASTT_JOBS_STORE=postgres://user@127.0.0.1:9/jobs"
    done = subprocess.run(folder.command(["env", store, *start, "--enable-jobs"]), capture_output=True, timeout=60)
    assert done.returncode != 0 and b"does not answer" in done.stderr, (done.returncode, done.stderr.decode())
    server = subprocess.Popen(folder.command(start), stderr=subprocess.PIPE, start_new_session=True)
    try:
        end = time.monotonic() + 60
        while subprocess.run(folder.command(["sh", "-c", health]), capture_output=True).returncode != 0:
            assert server.poll() is None and time.monotonic() < end, server.stderr.read().decode()
    finally:
        server.send_signal(signal.SIGTERM)
        code = server.wait(30)
    assert code == 0, code
    assert subprocess.run(folder.command(["sh", "-c", health]), capture_output=True).returncode != 0
    print(f"image: {text}")


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    if os.geteuid() != 0:
        raise SystemExit("the steps of the Dockerfile are run in a changed root: start it as root")
    if not BASE.exists():
        BASE.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            run("debootstrap", "--variant=minbase", "bookworm", folder, ARCHIVE)
            run("tar", "-C", folder, "-cf", f"{BASE}.partial", ".")
            os.replace(f"{BASE}.partial", BASE)
    (build, final) = instructions((ROOT / "Deploy/Dockerfile").read_text())
    with tempfile.TemporaryDirectory() as work:
        work, stages = pathlib.Path(work), {}
        if sys.argv[1] == "--build":
            compiler = pathlib.Path(shutil.which("swiftc")).resolve()
            toolchain = compiler.parents[2]
            stage = Folder(work / "build")
            stage.binds = (str(toolchain),)
            stage.variables = (f"PATH={toolchain}/usr/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",)
            stage.shell(f"apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y {TOOLCHAIN_PACKAGES}")
            stage.apply(build[2], stages)
            stages[build[1]] = stage.path
        else:
            stages[build[1]] = built(sys.argv[1], work / "build")
        image = Folder(work / "image")
        if sys.argv[1] != "--build":
            image.variables += ("LD_LIBRARY_PATH=/usr/local/lib/gigastt",)
        image.apply(final[2], stages)
        image.variables += ("GIGASTT_BUILT_IN_MODEL=1",)
        check(image)


main()
