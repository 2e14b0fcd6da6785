#!/usr/bin/env bash
# Transcribes a bundled recording with the built-in model: what a newcomer sees first.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$root"

recording=Demo/08_route.wav
program=$("$root/Scripts/build.sh")
step "transcribing $recording with the built-in model" \
    env -u GIGASTT_MODEL_DIR "$program" transcribe "$recording"
echo
