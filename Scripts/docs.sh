#!/usr/bin/env bash
# Builds the documentation of the library GigaSTT; a warning is a failure.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$root"

step "documentation of GigaSTT" swift package "${swift_flags[@]}" \
    generate-documentation --target GigaSTT --warnings-as-errors
