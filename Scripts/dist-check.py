#!/usr/bin/env python3
"""Checks packed programs: Scripts/dist-check.py PROGRAM [RELEASE…], as root; releases are bookworm and trixie.

PROGRAM is packed twice: the bytes must be the same. Then the tarball runs in a bare Debian of each release (debootstrap,
minbase, no network): recordings of many formats to text, and a live session of the server. The .deb is installed with dpkg in
each release, used, and purged, after which none of its files may be left; lintian of Debian 12 must be silent. Needs Debian's
archive; the bare systems are kept in .cache. The wheel is installed with pip in each release, where its command and its client
read the same recordings and hear the same live speech. Sizes, and times from installation to text, are printed.

The formats are those of FORMATS, made by the program ffmpeg; their texts must be those of PROGRAM with the FFmpeg of this
machine.
"""
import ctypes
import filecmp
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import wave

ROOT = pathlib.Path(__file__).resolve().parents[1]
RECORDING = ROOT / "Demo/08_route.wav"
# A picture beside the sound: MPEG streams state the kind of neither.
PICTURE = ("-f", "lavfi", "-t", "6", "-i", "testsrc=s=160x120:r=25")
# File names and the options that make them; see docs/formats.md.
FORMATS = {
    "speech.mp3": (), "speech.m4a": (), "speech.opus": ("-c:a", "libopus"), "vorbis.ogg": ("-c:a", "libvorbis"),
    "speech.webm": ("-c:a", "libopus"), "speech.flac": (), "speech.gsm": ("-ar", "8000", "-c:a", "libgsm"),
    "speech.wma": ("-c:a", "wmav2"), "speech.caf": ("-c:a", "alac"), "speech.ac3": (), "speex.ogg": ("-c:a", "libspeex"),
    "speech.aac": (), "adpcm.wav": ("-c:a", "adpcm_ms"), "g722.wav": ("-c:a", "g722"), "speech.avi": ("-c:a", "libmp3lame"),
    "film.mp4": PICTURE, "film.mkv": PICTURE, "film.mpg": PICTURE, "film.ts": PICTURE, "film.flv": (*PICTURE, "-ar", "44100"),
}
# A server from to its end, asked by the shell itself: a bare system has no client.
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


def amr(recording, path):
    """Writes AMR at 12.2 kbit/s (RFC 4867 §5), whose encoder Debian's ffmpeg does not have."""
    done = subprocess.run([ROOT / "Scripts/debian-programs.sh", "libopencore-amrnb0"], stdout=subprocess.PIPE, text=True)
    (file,) = pathlib.Path(done.stdout.strip() or missing("the encoder of AMR")).glob("usr/lib/*/libopencore-amrnb.so.0")
    library = ctypes.CDLL(str(file))
    library.Encoder_Interface_init.restype = ctypes.c_void_p
    state = ctypes.c_void_p(library.Encoder_Interface_init(0))
    with wave.open(str(recording)) as audio:
        assert (audio.getframerate(), audio.getsampwidth(), audio.getnchannels()) == (8000, 2, 1)
        samples = audio.readframes(audio.getnframes())
    packet, packets = ctypes.create_string_buffer(64), [b"#!AMR\n"]
    # 20 ms; 7 is the rate.
    for start in range(0, len(samples) - 319, 320):
        size = library.Encoder_Interface_Encode(state, 7, samples[start:start + 320], packet, 0)
        packets.append(packet.raw[:size])
    path.write_bytes(b"".join(packets))


def recordings(program, folder):
    """Writes the recording in every format; returns the names and the texts that PROGRAM has with the FFmpeg of this machine."""
    folder.mkdir()
    narrow = folder / "narrow.wav"
    convert = ["ffmpeg", "-nostdin", "-v", "error"]
    subprocess.run([*convert, "-i", RECORDING, "-ar", "8000", narrow], check=True)
    amr(narrow, folder / "speech.amr")
    narrow.unlink()
    for name, options in FORMATS.items():
        inputs = options[:options.index("-i") + 2] if "-i" in options else ()
        subprocess.run([*convert, *inputs, "-i", RECORDING, *options[len(inputs):], folder / name], check=True)
    environment = os.environ | {"GIGASTT_BUILT_IN_MODEL": "1"}
    texts = {}
    for path in sorted(folder.iterdir()):
        done = subprocess.run([program, "transcribe", path], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, (path.name, done.stderr)
        texts[path.name] = done.stdout.strip()
        assert len(texts[path.name].split()) > 2, (path.name, texts[path.name])
    return texts


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

    def use(self, formats, texts, path=""):
        """Returns the text of a recording, after the other formats gave what is due, live speech the same, the doctor found
        nothing, and a server ran."""
        shutil.copy(RECORDING, self.root / "tmp/speech.wav")
        text = self.run("gigastt transcribe /tmp/speech.wav", path).strip()
        shutil.copytree(formats, self.root / "tmp/formats")
        for name, expected in texts.items():
            found = self.run(f"gigastt transcribe /tmp/formats/{name}", path).strip()
            assert found == expected, (self.root.name, name, found, expected)
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
    for tool in ("debootstrap", "dpkg-deb", "ffmpeg", "objdump", "strip"):
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
        formats = work / "formats"
        texts = recordings(program, formats)
        check_tarball(next(packed[0].glob("*.tar.gz")), releases, work, formats, texts)
        for release in releases:
            check_debian(next(packed[0].glob("*.deb")), release, work, formats, texts)
            for file in packed[0].glob("*.whl"):
                check_wheel(file, release, work, formats, texts)
        for file in (file for file in packed[0].iterdir() if file.suffix in (".gz", ".deb", ".whl")):
            print(f"{file.name}: {file.stat().st_size / 1e6:.1f} MB")


def check_stripped(folder):
    """Neither symbols nor debug information are shipped: they are four times the program."""
    binaries = [file for file in folder.rglob("*") if file.is_file() and not file.is_symlink()
                and file.open("rb").read(4) == b"\x7fELF"]
    assert any(file.name == "gigastt" for file in binaries), f"no program in {folder}"
    for file in binaries:
        done = subprocess.run(["objdump", "--section-headers", file], check=True, stdout=subprocess.PIPE, text=True)
        symbols = subprocess.run(["objdump", "--syms", file], check=True, stdout=subprocess.PIPE, text=True).stdout
        assert "no symbols" in symbols and ".debug" not in done.stdout, f"{file} is not stripped"


def check_tarball(archive, releases, work, formats, texts):
    for release in releases:
        system = System(release, work)
        subprocess.run(["tar", "-C", system.root / "opt", "-xzf", archive], check=True)
        (folder,) = (system.root / "opt").iterdir()
        check_stripped(folder)
        text = system.use(formats, texts, f"/opt/{folder.name}/bin:")
        print(f"{archive.name} in bare {release}, {len(texts)} formats: {text}")
        shutil.rmtree(system.root)


def check_debian(package, release, work, formats, texts):
    system = System(release, work, network=True)
    before = files(system.root)
    shutil.copy(package, system.root / "tmp/gigastt.deb")
    shutil.copy("/etc/resolv.conf", system.root / "etc/resolv.conf")
    needed = subprocess.run(["dpkg-deb", "--field", package, "Depends"], check=True, stdout=subprocess.PIPE, text=True).stdout
    names = " ".join(item.split()[0] for item in needed.split(","))
    system.run(f"apt-get update -qq && apt-get install -y --no-install-recommends {names} man-db >/dev/null")
    shutil.copy(RECORDING, system.root / "tmp/first.wav")
    start = time.monotonic()
    system.run("dpkg -i /tmp/gigastt.deb")
    check_stripped(system.root / "usr/lib/gigastt")
    installed = time.monotonic()
    system.run("gigastt transcribe /tmp/first.wav")
    end = time.monotonic()
    text = system.use(formats, texts)
    system.run("man --warnings gigastt-serve 2>&1 >/dev/null | grep . && exit 1 || true")
    system.run("bash -n /usr/share/bash-completion/completions/gigastt")
    # What is suggested lets the server find the client library of PostgreSQL, which then says that nothing answers.
    suggested = subprocess.run(["dpkg-deb", "--field", package, "Suggests"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    serve = "GIGASTT_JOBS_STORE=postgres://user@127.0.0.1:9/jobs gigastt serve --enable-jobs --port 0 2>&1 || true"
    assert "libpq5" in system.run(serve), "a server without libpq does not name its package"
    system.run(f"apt-get install -y --no-install-recommends {suggested} >/dev/null")
    found = system.run(serve)
    assert "does not answer" in found, found
    # Later versions have other opinions.
    if release == "bookworm":
        system.run("apt-get install -y --no-install-recommends lintian >/dev/null")
        found = system.run("lintian --no-tag-display-limit /tmp/gigastt.deb || true")
        assert not found.strip(), f"lintian:\n{found}"
    system.run("dpkg --purge gigastt")
    # The cache of man is its own.
    others = ("tmp/", "root/", "var/cache/man/")
    left = {path for path in files(system.root) - before if "gigastt" in path and not path.startswith(others)}
    assert not left - {"var/log/gigastt"}, f"left after the purge: {sorted(left)}"
    print(f"{package.name} in {release}: dpkg -i {installed - start:.1f} s, then {end - installed:.1f} s to the first text: {text}")
    shutil.rmtree(system.root)


# A server that the installed command starts, asked by the installed client: a recording, and the same as live speech.
WHEEL_USER = """
import json, subprocess, sys, wave
from gigastt_client import Client

def microphone():
    with wave.open("/tmp/speech.wav") as file:
        while samples := file.readframes(1600):
            yield samples

with subprocess.Popen(["gigastt", "serve", "--port", "0", "--ready-json"], stdout=subprocess.PIPE, text=True) as server:
    try:
        with Client(f"http://127.0.0.1:{json.loads(server.stdout.readline())['port']}") as client:
            read = client.transcribe("/tmp/formats/speech.mp3")["text"]
            # The libraries that read it.
            with open(f"/proc/{server.pid}/maps") as maps:
                paths = {line.split(maxsplit=5)[5].strip() for line in maps if "/libav" in line}
            assert len(paths) == 3 and all(path.startswith(sys.prefix) for path in paths), paths
            events = list(client.listen(microphone(), sample_rate=16000))
            heard = " ".join(event["text"] for event in events if event["type"] == "final" and event["text"])
            print(json.dumps([read, heard]))
    finally:
        server.terminate()
sys.exit(server.returncode)
"""


def check_wheel(package, release, work, formats, texts):
    system = System(release, work, network=True)
    shutil.copy("/etc/resolv.conf", system.root / "etc/resolv.conf")
    shutil.copy(RECORDING, system.root / "tmp/first.wav")
    system.run("apt-get update -qq && apt-get install -y --no-install-recommends python3-venv >/dev/null")
    version = system.run("python3 -c 'import platform; print(platform.python_version())'").strip()
    # What the client depends on, fetched before: so the time is that of the installation.
    environment = work / "environment"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    subprocess.run(
        [environment / "bin/pip", "download", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "--python-version",
         version, "--dest", system.root / "tmp/wheels", package], check=True)
    system.run("python3 -m venv /opt/gigastt")
    start = time.monotonic()
    system.run("/opt/gigastt/bin/pip install --quiet --no-index --find-links /tmp/wheels gigastt-server")
    installed = time.monotonic()
    path = "/opt/gigastt/bin:"
    system.run("gigastt transcribe /tmp/first.wav", path)
    end = time.monotonic()
    text = system.use(formats, texts, path)
    system.run("pip check", path)
    (system.root / "tmp/user.py").write_text(WHEEL_USER)
    read, heard = json.loads(system.run("python /tmp/user.py", path))
    assert (read, heard) == (texts["speech.mp3"], text), (read, heard)
    times = f"pip install {installed - start:.1f} s, then {end - installed:.1f} s to the first text"
    print(f"{package.name} in {release}, Python {version}: {times}: {text}")
    shutil.rmtree(system.root)


def files(root):
    return {os.path.relpath(path, root) for path in root.rglob("*") if not str(path).startswith(str(root / "proc"))}


if __name__ == "__main__":
    main()
