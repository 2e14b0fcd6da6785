#!/usr/bin/env python3
"""Checks packed programs: Scripts/dist-check.py PROGRAM [RELEASE…], as root; releases are bookworm and trixie.

PROGRAM is packed twice: the bytes must be the same. Then the tarball runs in a bare Debian of each release (debootstrap,
minbase, no network): a recording to text, and a live session of the server. The .deb is installed with dpkg in Debian 12, used,
and purged, after which none of its files may be left; lintian must be silent. Needs Debian's archive; the bare systems are kept
in .cache. The wheel is installed with pip into an environment of its own, where its command and its client are used.
"""
import filecmp
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
RECORDING = ROOT / "Demo/08_route.wav"
# A server from its start to its end, asked by the shell itself: a bare system has no client.
SERVER = r"""
set -e
: >/tmp/ready
gigastt serve --port 0 --ready-json >/tmp/ready 2>/tmp/log &
server=$!
until [[ $(</tmp/ready) =~ '"port":'([0-9]+) ]]; do kill -0 $server; sleep 0.2; done
exec 3<>/dev/tcp/127.0.0.1/${BASH_REMATCH[1]}
printf 'GET /ready HTTP/1.0\r\n\r\n' >&3
grep -m 1 ' 200 ' <&3
kill -TERM $server
wait $server
"""


def say(text):
    print(f"==> {text}", file=sys.stderr)


def missing(text):
    """What cannot be had is skipped, or a failure where everything is required."""
    if os.environ.get("GIGASTT_TEST_REQUIRE_ALL") == "1":
        raise SystemExit(f"error: {text} (required by GIGASTT_TEST_REQUIRE_ALL=1)")
    say(f"skipped: {text}")
    sys.exit(0)


def base(release):
    """The archive of a bare Debian, made once."""
    archive = ROOT / f".cache/debian-{release}.tar"
    if not archive.exists():
        archive.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(["debootstrap", "--variant=minbase", release, folder, "http://deb.debian.org/debian"],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode != 0:
                missing(f"debootstrap could not make {release}: {done.stdout.splitlines()[-1]}")
            subprocess.run(["tar", "-C", folder, "-cf", f"{archive}.partial", "."], check=True)
            os.replace(f"{archive}.partial", archive)
    return archive


class System:
    """A bare Debian in a folder; commands run in it with /proc, as root, with the built-in model."""

    def __init__(self, release, work, network=False):
        self.root, self.network = pathlib.Path(work) / release, network
        self.root.mkdir()
        subprocess.run(["tar", "-C", self.root, "-xf", base(release)], check=True)
        self.root.chmod(0o755)

    def run(self, text, path=""):
        environment = ["env", "-i", f"PATH={path}/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8",
                       "GIGASTT_BUILT_IN_MODEL=1", "DEBIAN_FRONTEND=noninteractive"]
        before = f"mount -t proc proc {self.root}/proc; mount --bind /dev {self.root}/dev; "
        if not self.network:
            before += "ip link set lo up; "
        command = ["chroot", self.root, *environment, "bash", "-c", text]
        done = subprocess.run(
            ["unshare", "--mount", *([] if self.network else ["--net"]), "sh", "-ec", f'{before}exec "$@"', "sh", *command],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900)
        if done.returncode != 0:
            raise SystemExit(f"error: in {self.root.name}: {text.strip()}\n{done.stdout}{done.stderr}")
        return done.stdout

    def use(self, path=""):
        """Returns the text of a recording, after live speech gave the same, the doctor found nothing, and a server ran."""
        shutil.copy(RECORDING, self.root / "tmp/speech.wav")
        text = self.run("gigastt transcribe /tmp/speech.wav", path).strip()
        # What follows the header of 44 bytes is what a microphone sends.
        live = self.run("tail -c +45 /tmp/speech.wav | gigastt listen", path).strip()
        assert text and live == text, (text, live)
        self.run("gigastt doctor", path)
        self.run(SERVER, path)
        return text


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    if os.geteuid() != 0:
        missing("the packages are tested as root only")
    for tool in ("debootstrap", "dpkg-deb", "objdump", "strip"):
        if not shutil.which(tool):
            missing(f"{tool} was not found")
    program, releases = sys.argv[1], sys.argv[2:] or ["bookworm", "trixie"]
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        packed = [work / "first", work / "second"]
        for folder in packed:
            subprocess.run([ROOT / "Scripts/dist.py", program, folder], check=True, stdout=sys.stderr)
        names = sorted(file.name for file in packed[0].iterdir())
        _, different, absent = filecmp.cmpfiles(*packed, names, shallow=False)
        assert not different and not absent, f"two packings differ in {different or absent}"
        subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=packed[0], check=True)
        check_tarball(next(packed[0].glob("*.tar.gz")), releases, work)
        check_debian(next(packed[0].glob("*.deb")), work)
        for file in packed[0].glob("*.whl"):
            check_wheel(file, work)


def check_tarball(archive, releases, work):
    for release in releases:
        system = System(release, work)
        subprocess.run(["tar", "-C", system.root / "opt", "-xzf", archive], check=True)
        (folder,) = (system.root / "opt").iterdir()
        text = system.use(f"/opt/{folder.name}/bin:")
        print(f"{archive.name} in bare {release}: {text}")
        shutil.rmtree(system.root)


def check_debian(package, work):
    system = System("bookworm", work, network=True)
    before = files(system.root)
    shutil.copy(package, system.root / "tmp/gigastt.deb")
    shutil.copy("/etc/resolv.conf", system.root / "etc/resolv.conf")
    system.run("apt-get update -qq && apt-get install -y --no-install-recommends /tmp/gigastt.deb lintian man-db >/dev/null")
    found = system.run("lintian --no-tag-display-limit /tmp/gigastt.deb || true")
    assert not found.strip(), f"lintian:\n{found}"
    text = system.use()
    system.run("man --warnings gigastt-serve 2>&1 >/dev/null | grep . && exit 1 || true")
    system.run("bash -n /usr/share/bash-completion/completions/gigastt")
    system.run("dpkg --purge gigastt")
    # The cache of man is its own.
    others = ("tmp/", "root/", "var/cache/man/")
    left = {path for path in files(system.root) - before if "gigastt" in path and not path.startswith(others)}
    assert not left - {"var/log/gigastt"}, f"left after the purge: {sorted(left)}"
    print(f"{package.name} in bookworm: {text}")


# A server that the installed command starts, asked by the installed client.
WHEEL_USER = """
import json, subprocess, sys
from gigastt_client import Client

with subprocess.Popen([sys.argv[1], "serve", "--port", "0", "--ready-json"], stdout=subprocess.PIPE, text=True) as server:
    try:
        with Client(f"http://127.0.0.1:{json.loads(server.stdout.readline())['port']}") as client:
            print(client.transcribe(sys.argv[2])["text"])
    finally:
        server.terminate()
sys.exit(server.returncode)
"""


def check_wheel(package, work):
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(work), "LC_ALL": "C.UTF-8", "GIGASTT_BUILT_IN_MODEL": "1"}
    folder = work / "environment"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", package], check=True)
    subprocess.run([folder / "bin/pip", "check"], check=True, stdout=subprocess.DEVNULL)

    def run(*command):
        done = subprocess.run(command, cwd=work, env=environment, check=True, stdout=subprocess.PIPE, text=True, timeout=300)
        return done.stdout.strip()

    command = folder / "bin/gigastt"
    text = run(command, "transcribe", RECORDING)
    used = run(folder / "bin/python", "-c", WHEEL_USER, command, RECORDING)
    assert text and used == text, (text, used)
    print(f"{package.name} with Python {sys.version.split()[0]}: {text}")


def files(root):
    return {os.path.relpath(path, root) for path in root.rglob("*") if not str(path).startswith(str(root / "proc"))}


if __name__ == "__main__":
    main()
