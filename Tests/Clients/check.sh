#!/usr/bin/env bash
# Runs other people's clients and a browser against the built program: Tests/Clients/check.sh PROGRAM [PART…]
#
# The Python environment is .cache/clients. When it cannot be made, this says so in one line and succeeds.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=Scripts/environment.sh
source "$here/../../Scripts/environment.sh"

(($# >= 1)) || fail "name the program: Tests/Clients/check.sh PROGRAM [PART…]"
python=$("$root/Scripts/python-environment.sh" "$root/.cache/clients" "$here/requirements.txt")
if [[ -z $python ]]; then
    echo "clients: skipped"
    exit 0
fi
exec "$python" "$here/check.py" "$@"
