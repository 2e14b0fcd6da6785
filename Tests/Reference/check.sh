#!/usr/bin/env bash
# Compares the built program with onnx-asr: Tests/Reference/check.sh PROGRAM
#
# Its Python environment is .venv. Without it the check is skipped.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=Scripts/environment.sh
source "$here/../../Scripts/environment.sh"

(($# == 1)) || fail "name the program: Tests/Reference/check.sh PROGRAM"
python=$("$root/Scripts/python-environment.sh" "$root/.venv" "$here/requirements.txt")
[[ -n $python ]] || exit 0
"$python" "$here/check.py" "$1"
"$python" "$here/heads.py" "$1"
"$python" "$here/quantization.py" "$1"
"$python" "$here/batch.py" "$1"
"$python" "$here/halves.py" "$1"
"$python" "$here/number_words.py" "$1"
