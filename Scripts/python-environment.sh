#!/usr/bin/env bash
# Makes the Python environment FOLDER from REQUIREMENTS, whose every package is pinned by hash, and prints its python.
#
#   Scripts/python-environment.sh FOLDER REQUIREMENTS
#
# Does nothing when it is there and the requirements have not changed. Prints nothing when PyPI cannot be reached or
# Python is too old; the caller then skips what needs it.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

(($# == 2)) || fail "name the folder and the requirements: Scripts/python-environment.sh FOLDER REQUIREMENTS"
environment=$1 requirements=$2
stamp=$environment/requirements.installed

if ! cmp -s "$requirements" "$stamp"; then
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || missing "Python is older than 3.11"
    say "making the Python environment ${environment#"$root"/}"
    rm -rf "$environment"
    mkdir -p "${environment%/*}"
    python3 -m venv "$environment"
    # One pinned package first: distinguishes an unreachable index from wrong requirements.
    probe=$(mktemp -d)
    trap 'rm -rf "$probe"' EXIT
    package=$(sed -n 's/^\([a-z0-9-]*==[^ ]*\) .*/\1/p' "$requirements" | head -n 1)
    "$environment/bin/pip" download --quiet --retries 1 --timeout 15 --no-deps --dest "$probe" "$package" \
        >"$probe/log" 2>&1 || missing "PyPI cannot be reached ($(grep -v WARNING "$probe/log" | tail -n 1))"
    "$environment/bin/pip" install --quiet --disable-pip-version-check --no-compile --require-hashes \
        --requirement "$requirements" >&2 || fail "pip could not install ${requirements#"$root"/}"
    cp "$requirements" "$stamp"
fi
printf '%s\n' "$environment/bin/python"
