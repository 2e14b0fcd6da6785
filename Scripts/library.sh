#!/usr/bin/env bash
# Builds libgigastt.so and prints its path: Scripts/library.sh [debug|release] [ARGUMENT…]
#
# Further arguments go to `swift build`. The header is Sources/CGigaSTT/include/gigastt.h.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$root"

configuration=${1:-release}
[[ $(uname -s) == Linux ]] || fail "the C library is built on Linux only"
flags=(-c "$configuration" "${swift_flags[@]}" "${@:2}")
# SwiftPM takes this flag for the link of programs only.
[[ " $* " != *" --static-swift-stdlib "* ]] || flags+=(-Xswiftc -static-stdlib)
# Swift cannot be unloaded: the library stays when a program closes it.
step "building libgigastt ($configuration)" swift build --product CGigaSTT "${flags[@]}" \
    -Xlinker "--version-script=$root/Scripts/libgigastt.map" -Xlinker -soname=libgigastt.so -Xlinker -znodelete >&2
folder=$(swift build --show-bin-path "${flags[@]}")
cp -p "$folder/libCGigaSTT.so" "$folder/libgigastt.so"
echo "$folder/libgigastt.so"
