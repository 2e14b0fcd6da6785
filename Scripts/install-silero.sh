#!/usr/bin/env bash
# Fetches the Silero VAD model that the tests of --vad use. Prints its path, or nothing when PyPI cannot be reached; those
# tests are then skipped.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

exec "$root/Scripts/wheel-file.sh" "$root/.cache/silero_vad-6.2.3.onnx" \
    1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3 silero-vad==6.2.3 \
    7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8 silero_vad/data/silero_vad.onnx \
    "the tests with the Silero VAD model"
