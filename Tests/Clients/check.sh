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
# The accessibility checks of the page.
GIGASTT_TEST_AXE=$("$root/Scripts/wheel-file.sh" "$root/.cache/axe-core-4.12.1.js" \
    84494fec757e4710dc751c8d7a636e457f4532f08f85c86dc9070133fbff53bc axe-playwright-python==0.1.8 \
    fdd263c998388f1a8e67cad02677e612d946248bd44d163be5e8650ea31f95f8 axe_playwright_python/axe.min.js \
    "the accessibility checks of the page")
export GIGASTT_TEST_AXE
exec "$python" "$here/check.py" "$@"
