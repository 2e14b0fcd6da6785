#!/usr/bin/env bash
# Makes the environment of the peers: Tools/Peers/make.sh FOLDER
#
# What is there already is kept. A wheel of gigastt that cannot be had is no failure: FOLDER/gigastt-VERSION.missing says
# why.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=Scripts/environment.sh
source "$here/../../Scripts/environment.sh"

(($# == 1)) || fail "say where to put it: Tools/Peers/make.sh FOLDER"
mkdir -p "$1"
folder=$(cd "$1" && pwd)
pip=("$folder/python/bin/pip" --quiet --disable-pip-version-check)
binding_version=2.22.0

make_python() {
    [[ -e $folder/python.complete ]] && return 0
    rm -rf "$folder/python"
    python3 -m venv "$folder/python" &&
        "${pip[@]}" install --require-hashes --requirement "$here/requirements.txt" &&
        touch "$folder/python.complete"
}

# Unpacked beside each other and not installed: both are the same package.
unpack_gigastt() {
    local target=$folder/gigastt-$1 wheels log
    [[ -d $target ]] && return 0
    wheels=$(mktemp -d) && log=$wheels/log
    rm -f "$target.missing"
    if "${pip[@]}" download --no-deps --require-hashes --requirement "$here/gigastt-$1.txt" --dest "$wheels" \
        >"$log" 2>&1; then
        python3 -m zipfile -e "$wheels"/gigastt-*.whl "$target"
    else
        tail -n 1 "$log" >"$target.missing"
        say "gigastt $1 is left out: $(cat "$target.missing")"
    fi
    rm -rf "$wheels"
}

# A wheel that came without a Python module borrows the one of another version, less its check of versions.
lend_binding() {
    local module=gigastt_uniffi/gigastt_uniffi.py version
    for version in "$@"; do
        local target=$folder/gigastt-$version source=$folder/gigastt-$binding_version/$module
        [[ -d $target && ! -e $target/$module ]] || continue
        if [[ -e $source ]]; then
            sed '/^_uniffi_check_contract_api_version(/d' "$source" >"$target/$module"
            echo 'from .gigastt_uniffi import *' >"$target/gigastt_uniffi/__init__.py"
        else
            rm -rf "$target"
            echo "its wheel has no Python module, and that of gigastt $binding_version is not there" >"$target.missing"
        fi
    done
}

make_symbols() {
    [[ $(uname -s) == Linux && ! -e $folder/symbols.so ]] || return 0
    [[ $(printf '2.38\n%s\n' "$(getconf GNU_LIBC_VERSION | cut -d ' ' -f 2)" | sort -V | head -n 1) != 2.38 ]] || return 0
    "${CC:-cc}" -O2 -shared -fPIC -o "$folder/symbols.so" "$here/symbols.c"
}

step "Python environment of the peers" make_python
step "gigastt 2.22.0" unpack_gigastt 2.22.0
step "gigastt 2.3.0" unpack_gigastt 2.3.0
step "bindings" lend_binding 2.3.0
step "symbols of a newer C library" make_symbols
