#!/usr/bin/env bash
# Builds the container image and lets it transcribe a recording; does nothing where no container engine runs.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

if ! docker info >/dev/null 2>&1; then
    say "skipped: no container engine answers"
    exit 0
fi
docker build -q -t gigastt -f "$root/Deploy/Dockerfile" "$root"
text=$(docker run --rm -i -e GIGASTT_BUILT_IN_MODEL=1 gigastt transcribe - <"$root/Demo/08_route.wav")
[[ -n $text ]] || fail "the image transcribed nothing"
say "the image says: $text"
