#!/usr/bin/env bash
# Builds the benchmark program in release mode and runs it; arguments are passed on.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$root"

step "building gigastt-bench in release mode" \
    swift build -c release --product gigastt-bench "${swift_flags[@]}" >&2
if [[ ${1:-} == server ]]; then
    step "building gigastt, which is measured from outside" \
        swift build -c release --product gigastt "${swift_flags[@]}" >&2
fi
exec "$(swift build -c release --show-bin-path "${swift_flags[@]}")/gigastt-bench" "$@"
