#!/usr/bin/env bash
# Fetches the Silero VAD model that the tests of --vad use, out of the wheel that PyPI serves, both pinned by SHA-256.
# Prints its path, or nothing when PyPI cannot be reached; those tests are then skipped.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

version=6.2.3
wheel_hash=7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8
model_hash=1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3
model=$root/.cache/silero_vad-$version.onnx

if [[ -f $model && $(sha256sum "$model") == "$model_hash "* ]]; then
    printf '%s\n' "$model"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=python3
if ! python3 -m pip --version >/dev/null 2>&1; then
    python3 -m venv "$work/venv"
    python=$work/venv/bin/python
fi
if ! "$python" -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" \
    "silero-vad==$version" >&2; then
    missing "PyPI cannot be reached: the tests with the Silero VAD model"
fi
wheels=("$work"/*.whl)
[[ $(sha256sum "${wheels[0]}") == "$wheel_hash "* ]] || fail "the wheel of silero-vad $version has another hash"
python3 -m zipfile -e "${wheels[0]}" "$work/wheel"
[[ $(sha256sum "$work/wheel/silero_vad/data/silero_vad.onnx") == "$model_hash "* ]] ||
    fail "the model in the wheel of silero-vad $version has another hash"
mkdir -p "${model%/*}"
mv "$work/wheel/silero_vad/data/silero_vad.onnx" "$model"
printf '%s\n' "$model"
