#!/usr/bin/env python3
"""The packages that the programs are built from: the versions that were tested, and a bill of materials.

    Scripts/dependencies.py                 compares the resolved versions with Scripts/tested-versions.txt
    Scripts/dependencies.py --update        writes that file
    Scripts/dependencies.py --sbom FILE [--packed]
                                            writes a CycloneDX 1.6 bill of materials; `-` is standard output; with the FFmpeg
                                            libraries of the packages instead of those of the system

A difference is printed. It is a failure with GIGASTT_TEST_REQUIRE_ALL=1, as in continuous integration: run the tests, then
record the versions. `Package.resolved` is not committed, so that apps which use the library resolve freely.
"""
import ctypes
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

import ffmpeg

ROOT = pathlib.Path(__file__).resolve().parents[1]
TESTED = ROOT / "Scripts/tested-versions.txt"
# Plug-ins for documentation: not in the programs.
DEVELOPMENT = {"swift-docc-plugin", "swift-docc-symbolkit"}
HEADER = "# The versions with which the tests passed, one package a line; Scripts/dependencies.py compares and updates.\n"


def resolved():
    """Every package of the resolved graph: identity → (version, URL)."""
    done = subprocess.run(
        ["swift", "package", "show-dependencies", "--format", "json"], cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    found, waiting = {}, json.loads(done.stdout[done.stdout.index("{"):])["dependencies"]
    while waiting:
        package = waiting.pop()
        found[package["identity"]] = (package["version"], package["url"].removesuffix(".git"))
        waiting += package["dependencies"]
    return dict(sorted(found.items()))


def lines(packages):
    return [f"{name} {version} {url}" for name, (version, url) in packages.items()]


def compare(packages):
    tested = [line for line in TESTED.read_text().splitlines() if not line.startswith("#")]
    changed = sorted(set(lines(packages)) ^ set(tested), key=lambda line: (line.split()[0], line in tested))
    for line in changed:
        print(f"{'tested  ' if line in tested else 'resolved'} {line}")
    if changed and os.environ.get("GIGASTT_TEST_REQUIRE_ALL") == "1":
        raise SystemExit("these versions have not been tested: run the tests, then Scripts/dependencies.py --update")
    print(f"dependencies: {len(packages)} packages, {'as tested' if not changed else 'not all as tested'}")


def runtime():
    """ONNX Runtime as Scripts/install-onnxruntime.sh pins it: version and the digests of its wheels."""
    version = re.search(r"^runtime_version=(\S+)$", (ROOT / "Scripts/environment.sh").read_text(), re.MULTILINE).group(1)
    hashes = re.findall(r"wheel_hash=([0-9a-f]{64})", (ROOT / "Scripts/install-onnxruntime.sh").read_text())
    return version, hashes


def sqlite():
    """The version and the origin of the packed SQLite."""
    library = ctypes.CDLL("libsqlite3.so.0")
    library.sqlite3_libversion.restype = ctypes.c_char_p
    return {"version": library.sqlite3_libversion().decode(),
            "description": "libsqlite3 of the build machine in the tarball and the wheel; that of Debian with the Debian package"}


def sbom(packages, packed):
    components = [
        {"type": "library", "bom-ref": f"pkg:swift/{url.removeprefix('https://')}@{version}", "name": name, "version": version,
         "purl": f"pkg:swift/{url.removeprefix('https://')}@{version}",
         "scope": "excluded" if name in DEVELOPMENT else "required", "externalReferences": [{"type": "vcs", "url": url}]}
        for name, (version, url) in packages.items()
    ]
    version, hashes = runtime()
    components.append({
        "type": "library", "bom-ref": f"pkg:pypi/onnxruntime@{version}", "name": "onnxruntime", "version": version,
        "purl": f"pkg:pypi/onnxruntime@{version}", "scope": "required",
        "hashes": [{"alg": "SHA-256", "content": content} for content in hashes],
        "description": "loaded at run time; the shared library of the wheel",
    })
    components.append(ffmpeg.component() if packed else {
        "type": "library", "bom-ref": "ffmpeg", "name": "ffmpeg", "scope": "optional",
        "description": "loaded at run time from the system: libavformat, libavcodec, libavutil",
    })
    components.append({"type": "library", "bom-ref": "sqlite", "name": "sqlite", "scope": "required"} | (sqlite() if packed else {
        "description": "linked from the system: libsqlite3",
    }))
    # With SOURCE_DATE_EPOCH the same packages give the same bytes.
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc) if epoch else datetime.datetime.now(datetime.timezone.utc)
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([epoch, components])) if epoch else uuid.uuid4()
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "serialNumber": f"urn:uuid:{serial}",
        "metadata": {
            "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "application", "bom-ref": "gigastt", "name": "gigastt", "licenses": [{"license": {"id": "MIT"}}]},
        },
        "components": components,
        "dependencies": [{"ref": "gigastt", "dependsOn": [component["bom-ref"] for component in components]}],
    }


def main():
    arguments = sys.argv[1:]
    if arguments == ["--update"]:
        TESTED.write_text(HEADER + "".join(f"{line}\n" for line in lines(resolved())))
    elif arguments[:1] == ["--sbom"] and (len(arguments) == 2 or arguments[2:] == ["--packed"]):
        text = json.dumps(sbom(resolved(), packed=len(arguments) == 3), indent=2) + "\n"
        if arguments[1] == "-":
            sys.stdout.write(text)
        else:
            pathlib.Path(arguments[1]).write_text(text)
    elif not arguments:
        compare(resolved())
    else:
        raise SystemExit(__doc__)


main()
