#!/usr/bin/env bash
# Tests whose size is an option, in their long form: 10,000 clients, 1,000 at a time, an hour of silence through each protocol, and
# the memory of two hours of speech: Scripts/endurance.sh [CLIENTS [SECONDS]]
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$root"

clients=${1:-10000} seconds=${2:-3600}
step "building the tests" swift build --build-tests "${swift_flags[@]}"
export GIGASTT_TEST_DEADLINE=1800
tests() { swift test --skip-build --disable-xctest --no-parallel --filter "^$1" "${swift_flags[@]}"; }
GIGASTT_TEST_CLIENTS=$clients step "$clients clients" tests GigaSTTServerTests\\.ManyClientsTests/stormOfConnectionsIsServed
GIGASTT_TEST_SILENCE_SECONDS=$seconds step "$seconds s of silence" tests GigaSTTServerTests\\.StreamingInputTests/silenceIsNoText
GIGASTT_TEST_SPEECH_SECONDS=$seconds step "twice $seconds s of speech" \
    tests CommandLineTests\\.InterruptionTests/twiceTheSpeechTakesHardlyMoreMemory
