#!/usr/bin/env bash
# Tests the container image: with a container engine it is built and run; else the Dockerfile's steps are run in Debian
# folders, with PROGRAM in place of the build stage.
#
#   Scripts/image.sh PROGRAM     PROGRAM is used without a container engine
#   Scripts/image.sh --build     without a container engine, run the build stage as well
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

(($# == 1)) || fail "name the program: Scripts/image.sh PROGRAM"
if ! docker info >/dev/null 2>&1; then
    command -v debootstrap >/dev/null || missing "neither a container engine nor debootstrap was found"
    ((EUID == 0)) || missing "without a container engine the image is tested as root only"
    exec "$root/Scripts/image-root.py" "$1"
fi
docker build -q -t gigastt -f "$root/Deploy/Dockerfile" "$root"
text=$(docker run --rm -i -e GIGASTT_BUILT_IN_MODEL=1 gigastt transcribe - <"$root/Demo/08_route.wav")
[[ -n $text ]] || fail "the image transcribed nothing"
say "image: $text"
