#!/usr/bin/env bash
# Builds the program and transcribes a bundled recording with the built-in model.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$root"

recording=Demo/08_route.wav
program=$("$root/Scripts/build.sh")
step "transcribing $recording with the built-in model" \
    env -u GIGASTT_MODEL_DIR GIGASTT_BUILT_IN_MODEL=1 "$program" transcribe "$recording"
echo
