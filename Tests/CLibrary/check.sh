#!/usr/bin/env bash
# The C library from outside: Tests/CLibrary/check.sh LIBRARY
#
# Its exports are the functions of the header; the samples of Examples and two test programs give the known texts of the
# recordings, found by pkg-config where `make dist` puts the files. With Address Sanitizer, which sees every
# allocation of the process, nothing is left that cannot be reached.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=Scripts/environment.sh
source "$here/../../Scripts/environment.sh"

(($# >= 1)) || fail "name the library: Tests/CLibrary/check.sh LIBRARY"
library=$(realpath "$1") recording=$root/Demo/08_route.wav
for tool in cc nm python3 pkg-config; do
    command -v "$tool" >/dev/null || missing "$tool was not found"
done
expected=$(python3 - "$root/Demo/manifest.json" <<'PYTHON'
import json, sys
print(next(item["written"] for item in json.load(open(sys.argv[1]))["items"] if item["file"] == "08_route.wav"))
PYTHON
)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# As it is installed: a folder of its own for the library, its model and ONNX Runtime.
mkdir -p "$work/lib/gigastt" "$work/lib/pkgconfig" "$work/include"
# Without debugging data, as in a package: valgrind does not read Swift's.
strip --strip-debug -o "$work/lib/gigastt/libgigastt.so" "$library"
cp -r "$(dirname "$library")/gigastt_GigaSTT.resources" "$work/lib/gigastt/"
cp "$root/Sources/CGigaSTT/include/gigastt.h" "$work/include/"
sed -e "s|@PREFIX@|$work|" -e 's|@VERSION@|0|' "$root/Scripts/gigastt.pc" >"$work/lib/pkgconfig/gigastt.pc"
export PKG_CONFIG_PATH=$work/lib/pkgconfig
read -ra flags <<<"$(pkg-config --cflags --libs gigastt)"
strict=(-Wall -Wextra -Wpedantic -Werror -O1 -g)

check_exports() {
    local exported declared
    exported=$(nm -D --defined-only --extern-only "$library" | awk '{ print $3 }' | sort)
    declared=$(grep -oE '\bgigastt_[a-z0-9_]+\(' "$work/include/gigastt.h" | tr -d '(' | sort -u)
    # Comments quote functions by their names, too, so each must exist.
    diff <(printf '%s\n' "$declared") <(printf '%s\n' "$exported") ||
        fail "the library does not export exactly the functions of gigastt.h"
}

check_header() {
    printf '#include <gigastt.h>\nint main(void) { return gigastt_last_error_code(); }\n' >"$work/header.c"
    cc -std=c99 "${strict[@]}" "$work/header.c" "${flags[@]}" -o "$work/header"
    cc -x c++ -std=c++11 "${strict[@]}" "$work/header.c" -x none "${flags[@]}" -o "$work/header"
    "$work/header"
}

# heard OUTPUT PREFIX…: each prefix begins a line that ends with the known text.
heard() {
    local output=$1 prefix
    shift
    for prefix; do
        grep -qE "^$prefix.*: $expected( |\$)" <<<"$output" || fail "no line \"$prefix…: $expected\" in: $output"
    done
}

check_c_sample() {
    cc -std=c11 "${strict[@]}" "$root/Examples/C/transcribe.c" "${flags[@]}" -o "$work/transcribe"
    heard "$("$work/transcribe" demo "$recording")" file live
    if "$work/transcribe" "$work" "$recording" 2>"$work/log"; then fail "a folder without a model gave a text"; fi
    grep -q '^gigastt_engine_new: model_missing: .*gigastt download' "$work/log" || fail "$(<"$work/log")"
}

check_python_sample() {
    heard "$(python3 "$root/Examples/Python/transcribe.py" "$work/lib/gigastt/libgigastt.so" demo "$recording" |
        sed -E 's/^samples: (.*) \([0-9]+ words\)/samples: \1/; s/^(file|samples)/\1 /')" file samples live
}

# programs NAME FLAG…: compiles and runs both test programs.
programs() {
    local name=$1 program
    shift
    for program in arguments threads; do
        cc -std=c11 -D_GNU_SOURCE "${strict[@]}" "$@" "$here/$program.c" "${flags[@]}" -pthread -lm -o "$work/$program-$name"
        "$work/$program-$name" "$recording" "$expected"
    done
}

# A text that is not freed must be reported, by the same means as above.
check_leaks_are_seen() {
    printf '#include <gigastt.h>\nint main(void) { return !gigastt_demo_model(); }\n' >"$work/leak.c"
    cc -std=c11 "${strict[@]}" -fsanitize=address "$work/leak.c" "${flags[@]}" -o "$work/leak"
    if "$work/leak" 2>"$work/log" || ! grep -q 'detected memory leaks' "$work/log"; then
        fail "Address Sanitizer does not see a leak: $(<"$work/log")"
    fi
}

step "exports of libgigastt" check_exports
step "gigastt.h in C and C++" check_header
step "sample in C" check_c_sample
step "sample in Python" check_python_sample
step "arguments and threads" programs plain
# The library itself is not instrumented; its allocations are seen, and those at its end are not leaks.
export ASAN_OPTIONS=detect_leaks=1
step "self-check of Address Sanitizer" check_leaks_are_seen
step "the same with Address Sanitizer" programs asan -fsanitize=address -fno-omit-frame-pointer
