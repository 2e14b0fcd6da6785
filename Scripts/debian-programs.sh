#!/usr/bin/env bash
# Unpacks Debian packages into .cache/debian without installing them, so that no service is started, and prints that
# folder: Scripts/debian-programs.sh PACKAGE…
#
# apt-get checks the packages against Debian's signature. Without apt-get, or without the archive, it prints nothing.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

folder=$root/.cache/debian
for package in "$@"; do
    [[ ! -e $folder/.$package ]] || continue
    command -v apt-get >/dev/null || missing "apt-get was not found: $package is not tested"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    # The package lists may be absent or out of date: then one update.
    (cd "$work" && { apt-get -qq download "$package" || { as_root apt-get -qq update && apt-get -qq download "$package"; }; }) \
        >"$work/log" 2>&1 || missing "apt-get could not download $package ($(tail -n 1 "$work/log"))"
    mkdir -p "$folder"
    dpkg -x "$work"/*.deb "$folder"
    touch "$folder/.$package"
    rm -rf "$work"
done
printf '%s\n' "$folder"
