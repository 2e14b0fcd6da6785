#!/usr/bin/env bash
# Installs the ONNX Runtime library on Linux: taken out of the wheel that PyPI serves, both pinned by SHA-256.
#
# The program opens the library at run time, so neither headers nor Python are needed after this.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

# Hashes of the release's wheels for CPython 3.11 and of the library inside each.
case $(uname -m) in
x86_64)
    wheel_hash=5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d
    library_hash=6c1585d1bbf45b0712ea4a21b705c5fcb4ba04ff2e30f1fbf81a49faf658638f
    machine=x86_64
    ;;
aarch64 | arm64)
    wheel_hash=2303372a85299b6757b0e11e1cbf13e410ddf7e10c37f4b37e99d1c90e7daf7c
    library_hash=49852228a93995158b2a813d4df487d47a1b76b0eaa894507ef49e91b6d7954a
    machine=aarch64
    ;;
*)
    fail "there is no pinned ONNX Runtime for $(uname -m): build it yourself and set ONNXRUNTIME_LIB to the library"
    ;;
esac
library=$runtime_folder/libonnxruntime.so.$runtime_version
stamp=$library.installed

hash_of() {
    sha256sum "$1" | cut -d' ' -f1
}

# The stamp's line for the library as it lies there: what was verified, and the size and time it had then.
stamp_line() {
    printf '%s %s\n' "$library_hash" "$(stat -c '%s %Y' "$library")"
}

# into_place COMMAND…: as the user when the folder is the user's, else as root.
into_place() {
    local folder=$runtime_folder
    while [[ ! -e $folder ]]; do folder=$(dirname "$folder"); done
    if [[ -w $folder ]]; then "$@"; else as_root "$@"; fi
}

write_stamp() {
    stamp_line >"$work/stamp"
    into_place install -m 644 "$work/stamp" "$stamp"
}

# An intact library needs nothing; one without a stamp is hashed once and then stamped.
if [[ -f $library && -f $stamp && $(<"$stamp") == "$(stamp_line)" ]]; then
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [[ -f $library && $(hash_of "$library") == "$library_hash" ]]; then
    write_stamp
    exit 0
fi

say "installing ONNX Runtime $runtime_version to $runtime_folder"
python=python3
if ! python3 -m pip --version >/dev/null 2>&1; then
    # Debian's python3 comes without pip; a virtual environment brings one.
    python3 -m venv "$work/venv" || fail "python3 can make no virtual environment: install python3-venv"
    python=$work/venv/bin/python
fi
# The wheel is only a container here, so any Python may fetch the one for CPython 3.11.
"$python" -m pip download --quiet --disable-pip-version-check --retries 3 --no-deps --only-binary=:all: \
    --python-version 3.11 --platform "manylinux_2_28_$machine" --dest "$work" "onnxruntime==$runtime_version" >&2 ||
    fail "pip could not download onnxruntime $runtime_version: check the network and pip's index"
wheels=("$work"/*.whl)
found=$(hash_of "${wheels[0]}")
[[ $found == "$wheel_hash" ]] ||
    fail "the downloaded onnxruntime wheel has SHA-256 $found, expected $wheel_hash: nothing was installed"

python3 - "${wheels[0]}" "$work" "$runtime_version" <<'PYTHON'
import sys, zipfile

wheel, folder, version = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for name in (f"capi/libonnxruntime.so.{version}", "LICENSE", "ThirdPartyNotices.txt"):
        with open(f"{folder}/{name.split('/')[-1]}", "wb") as file:
            file.write(archive.read(f"onnxruntime/{name}"))
PYTHON
found=$(hash_of "$work/libonnxruntime.so.$runtime_version")
[[ $found == "$library_hash" ]] ||
    fail "the library in the onnxruntime wheel has SHA-256 $found, expected $library_hash: nothing was installed"

# Written beside its destination and renamed, so that no program ever sees half a library.
into_place mkdir -p "$runtime_folder"
into_place install -m 644 "$work/LICENSE" "$runtime_folder/onnxruntime-LICENSE"
into_place install -m 644 "$work/ThirdPartyNotices.txt" "$runtime_folder/onnxruntime-ThirdPartyNotices.txt"
into_place install -m 644 "$work/libonnxruntime.so.$runtime_version" "$library.partial"
into_place mv -f "$library.partial" "$library"
write_stamp
