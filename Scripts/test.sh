#!/usr/bin/env bash
# All tests: house checks, Swift tests, then the comparison with an independent implementation.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$root"

step "house checks" "$root/.ci/lint"
step "swift test" swift test --parallel --disable-xctest "${swift_flags[@]}"
step "comparison with onnx-asr" \
    "$root/Tests/Reference/check.sh" "$(swift build --show-bin-path "${swift_flags[@]}")/gigastt"
