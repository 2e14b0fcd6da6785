#!/usr/bin/env bash
# Runs other people's clients and a browser against the built program: Tests/Clients/check.sh PROGRAM [PART…]
#
# The Python environment is .cache/clients. Without it the check is skipped.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=Scripts/environment.sh
source "$here/../../Scripts/environment.sh"

(($# >= 1)) || fail "name the program: Tests/Clients/check.sh PROGRAM [PART…]"
python=$("$root/Scripts/python-environment.sh" "$root/.cache/clients" "$here/requirements.txt")
[[ -n $python ]] || exit 0
# The proxies of Deploy/ and Prometheus: the parts that need one look for it there.
"$root/Scripts/debian-programs.sh" nginx caddy prometheus >/dev/null
exec "$python" "$here/check.py" "$@"
