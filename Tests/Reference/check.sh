#!/usr/bin/env bash
# Compares the built program with onnx-asr: Tests/Reference/check.sh PROGRAM
#
# Its Python environment is .venv. When that cannot be made, it says so in one line and succeeds.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=Scripts/environment.sh
source "$here/../../Scripts/environment.sh"

(($# == 1)) || fail "name the program: Tests/Reference/check.sh PROGRAM"
python=$("$root/Scripts/python-environment.sh" "$root/.venv" "$here/requirements.txt")
if [[ -z $python ]]; then
    echo "reference: skipped"
    exit 0
fi
exec "$python" "$here/check.py" "$1"
