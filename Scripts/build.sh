#!/usr/bin/env bash
# Builds the program `gigastt` in release mode and prints its path. Arguments go to `swift build`.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$root"

step "building gigastt in release mode (some minutes the first time)" \
    swift build -c release --product gigastt "${swift_flags[@]}" "$@" >&2
echo "$(swift build -c release --show-bin-path "${swift_flags[@]}" "$@")/gigastt"
