#!/usr/bin/env bash
# Compares the built program with onnx-asr: Tests/Reference/check.sh PROGRAM
#
# Makes the Python environment .venv the first time, from requirements pinned by hash. When that is not possible
# because PyPI cannot be reached or Python is too old, it says so in one line and succeeds.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=Scripts/environment.sh
source "$here/../../Scripts/environment.sh"

(($# == 1)) || fail "name the program: Tests/Reference/check.sh PROGRAM"
environment=$root/.venv
stamp=$environment/requirements.installed

skip() {
    echo "reference: skipped, $*"
    exit 0
}

if ! cmp -s "$here/requirements.txt" "$stamp"; then
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        skip "onnxruntime $runtime_version needs Python 3.11 or newer"
    say "making the Python environment .venv"
    rm -rf "$environment"
    python3 -m venv "$environment"
    # One small wheel tells an index out of reach from requirements that are wrong.
    probe=$(mktemp -d)
    trap 'rm -rf "$probe"' EXIT
    "$environment/bin/pip" download --quiet --retries 1 --timeout 15 --no-deps --dest "$probe" onnx-asr==0.12.0 \
        >"$probe/log" 2>&1 || skip "PyPI cannot be reached ($(grep -v WARNING "$probe/log" | tail -n 1))"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --require-hashes \
        --requirement "$here/requirements.txt" || fail "pip could not install Tests/Reference/requirements.txt"
    cp "$here/requirements.txt" "$stamp"
fi
exec "$environment/bin/python" "$here/check.py" "$1"
