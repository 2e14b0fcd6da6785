"""The FFmpeg libraries of the packages: audio only, under the LGPL, built from Debian's source package.

They have the demuxers and decoders of Sources/CMedia/allowed.h, no encoders, no decoders of pictures, no protocols and no
network. The source is pinned by SHA-256. The libraries are kept in .cache/ffmpeg; the same compiler gives the same bytes.
Needs clang (of Swift's toolchain), make, git and the header of zlib.
"""
import ctypes
import hashlib
import io
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache/ffmpeg"
ALLOWED = ROOT / "Sources/CMedia/allowed.h"
# The series of Debian 12, whose headers the program is built with. The digests are those of Debian's index of sources.
VERSION = "5.1.9-0+deb12u1"
SOURCES = {
    f"ffmpeg_{VERSION}.dsc": "055f82fca9a92f1d47216be2c2488d09373c7ca154806fbc36b0127c191d5104",
    f"ffmpeg_{VERSION}.debian.tar.xz": "71b20472ecd2764bc98e3229d34c0f7c8dcfe4a6cbacc23fd5604c23bac04632",
    "ffmpeg_5.1.9.orig.tar.xz": "d9b593bb2ba93d4b50f74177e0cdcd41747e708596367deed0c30348a71dd176",
}
# Debian removes a version when it is replaced in both; the files can be put into .cache/ffmpeg by hand, too.
ARCHIVES = ("http://deb.debian.org/debian/pool/main/f/ffmpeg/", "http://deb.debian.org/debian-security/pool/updates/main/f/ffmpeg/")
LICENCE = "LGPL version 2.1 or later"
LIBRARIES = ("libavutil.so.57", "libswresample.so.4", "libavcodec.so.59", "libavformat.so.59")
# Names of FFmpeg that differ from those of its configuration.
COMPONENTS = {
    "mov,mp4,m4a,3gp,3g2,mj2": "mov", "matroska,webm": "matroska", "mpeg": "mpegps",
    "g722": "adpcm_g722", "g726": "adpcm_g726", "g726le": "adpcm_g726le"}
# Never opened: streams of MPEG do not state their kind, which is then that of the demuxer whose probe fits best.
PROBES = ("dvbsub", "dvbtxt", "h264", "hevc", "m4v", "mpegvideo")
PARSERS = ("aac", "aac_latm", "ac3", "amr", "dca", "flac", "gsm", "mlp", "mpegaudio", "opus", "vorbis")


def allowed():
    """The demuxers and decoders that the program opens, by FFmpeg's names."""
    text = ALLOWED.read_text()
    demuxers = re.search(r"allowed_demuxers\[\] = \{(.*?)\};", text, re.DOTALL).group(1)
    decoders = re.search(r"#define ALLOWED_DECODERS(.*?)\n\n", text, re.DOTALL).group(1)
    return re.findall(r'"([^"]+)"', demuxers), "".join(re.findall(r'"([^"]+)"', decoders)).split(",")


def options():
    demuxers, decoders = ([COMPONENTS.get(name, name) for name in names] for names in allowed())
    return [
        "--cc=clang", "--disable-everything", "--disable-autodetect", "--disable-programs", "--disable-doc", "--disable-network",
        "--disable-avdevice", "--disable-avfilter", "--disable-swscale", "--disable-debug", "--disable-static", "--enable-shared",
        # Some Matroska files are compressed.
        "--enable-zlib",
        # It needs another assembler, for a decoder that is faster than recognition without it.
        "--disable-x86asm",
        f"--enable-demuxer={','.join([*demuxers, *PROBES])}", f"--enable-decoder={','.join(decoders)}",
        f"--enable-parser={','.join(PARSERS)}", "--extra-ldsoflags=@runpath"]


def digest(content):
    return hashlib.sha256(content).hexdigest()


def source(name):
    """The path of a file of Debian's source package."""
    path = CACHE / name
    if path.exists() and digest(path.read_bytes()) == SOURCES[name]:
        return path
    found = []
    for archive in ARCHIVES:
        try:
            with urllib.request.urlopen(archive + urllib.request.quote(name), timeout=60) as answer:
                content = answer.read()
        except (urllib.error.URLError, TimeoutError) as error:
            found.append(f"{archive}: {error}")
            continue
        if digest(content) == SOURCES[name]:
            CACHE.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".partial")
            partial.write_bytes(content)
            os.replace(partial, path)
            return path
        found.append(f"{archive}: SHA-256 {digest(content)}, expected {SOURCES[name]}")
    raise SystemExit(f"{name} could not be had; put it into {CACHE}\n" + "\n".join(found))


def libraries():
    """The libraries, in the order of their dependencies; built unless they are in the cache."""
    compiler = subprocess.run(["clang", "--version"], stdout=subprocess.PIPE, check=True).stdout
    recipe = [VERSION.encode(), *(option.encode() for option in options()), compiler, os.uname().machine.encode()]
    folder = CACHE / digest(b"\0".join(recipe))[:16]
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as work:
            built = build(pathlib.Path(work))
            check(built)
            os.replace(built, folder)
    return [folder / name for name in LIBRARIES]


def unpack(work):
    tree = work / "ffmpeg"
    tree.mkdir()
    for name, place, strip in ((f"ffmpeg_{VERSION}.debian.tar.xz", work, 0), ("ffmpeg_5.1.9.orig.tar.xz", tree, 1)):
        subprocess.run(["tar", "-C", place, f"--strip-components={strip}", "-xf", source(name)], check=True)
    # git would look for the repository that the cache is in, and leave out what it ignores.
    environment = os.environ | {"GIT_CEILING_DIRECTORIES": str(work)}
    for line in (work / "debian/patches/series").read_text().splitlines():
        subprocess.run(["git", "apply", work / "debian/patches" / line], cwd=tree, env=environment, check=True)
    return tree


def build(work):
    print(f"==> building the FFmpeg libraries {VERSION}", file=sys.stderr)
    tree = unpack(work)
    # The libraries find each other in their folder. A file, because the flag would pass through two shells and make.
    (tree / "runpath").write_text("-Wl,-rpath,$ORIGIN\n")
    for command in (["./configure", *options()], ["make", f"-j{os.cpu_count()}"]):
        done = subprocess.run(command, cwd=tree, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        if done.returncode != 0:
            raise SystemExit(f"{done.stdout[-4000:]}\nFFmpeg: {command[0]} failed")
    folder = work / "built"
    folder.mkdir()
    for name in LIBRARIES:
        subprocess.run(["strip", "--strip-unneeded", "-o", folder / name, tree / name.partition(".")[0] / name], check=True)
    return folder


def check(folder):
    """The libraries have what the program opens, and nothing more, under the LGPL."""
    utility, _, codec, container = (ctypes.CDLL(str(folder / name)) for name in LIBRARIES)
    utility.avutil_license.restype = ctypes.c_char_p
    assert utility.avutil_license().decode() == LICENCE, utility.avutil_license()

    def names(function):
        # The name is the first field of each structure.
        function.restype = ctypes.POINTER(ctypes.c_char_p)
        state, found = ctypes.c_void_p(), set()
        while item := function(ctypes.byref(state)):
            found.add(item.contents.value.decode())
        return found

    demuxers, decoders = allowed()
    found = names(container.av_demuxer_iterate)
    assert found == {*demuxers, *PROBES}, found ^ {*demuxers, *PROBES}
    found = names(codec.av_codec_iterate)
    assert found == set(decoders), found ^ set(decoders)
    assert names(container.av_muxer_iterate) == set()


def version(name):
    """The version of a built library as FFmpeg states it: `libavformat` → `59.27.100`."""
    (path,) = (path for path in libraries() if path.name.startswith(f"{name}."))
    number = getattr(ctypes.CDLL(str(path)), f"{name.removeprefix('lib')}_version")()
    return f"{number >> 16}.{number >> 8 & 0xFF}.{number & 0xFF}"


def notice():
    """The licence, and where the source is."""
    with tarfile.open(source("ffmpeg_5.1.9.orig.tar.xz")) as archive:
        texts = [archive.extractfile(f"ffmpeg-5.1.9/{name}").read().decode() for name in ("LICENSE.md", "COPYING.LGPLv2.1")]
    return (
        f"The files {', '.join(LIBRARIES)} are FFmpeg {VERSION} of Debian, under the {LICENCE}. They may be replaced by\n"
        f"other builds of this series. The source and the scripts are in {source_name()}, which is published\n"
        f"beside the packages. Configured with:\n\n    {chr(10).join(options()).replace(chr(10), chr(10) + '    ')}\n\n"
        + "\n".join(texts))


def source_name():
    return f"ffmpeg_{VERSION}-source.tar"


def source_archive(moment):
    """A tar of the source and what builds it, as the LGPL asks for."""
    files = {name: source(name).read_bytes() for name in sorted(SOURCES)}
    for path in (pathlib.Path(__file__).resolve(), ALLOWED):
        files[f"gigastt/{path.relative_to(ROOT)}"] = path.read_bytes()
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"{source_name().removesuffix('.tar')}/{name}")
            entry.size, entry.mtime = len(content), moment
            tar.addfile(entry, io.BytesIO(content))
    return plain.getvalue()


def component():
    """The entry of the bill of materials."""
    url = f"pkg:deb/debian/ffmpeg@{VERSION}?arch=source"
    return {
        "type": "library", "bom-ref": url, "name": "ffmpeg", "version": VERSION, "purl": url, "scope": "required",
        "licenses": [{"license": {"id": "LGPL-2.1-or-later"}}],
        "hashes": [{"alg": "SHA-256", "content": SOURCES["ffmpeg_5.1.9.orig.tar.xz"]}],
        "description": f"loaded at run time from the package: {', '.join(LIBRARIES)}; audio only",
    }
