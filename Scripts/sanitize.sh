#!/usr/bin/env bash
# Runs the concurrency suites under Thread Sanitizer, and the suites of the C targets and parsers under Address
# Sanitizer, each from a build folder of its own (.build-tsan, .build-asan).
#
#   Scripts/sanitize.sh [thread|address] [FILTER]     both, and the suites of the engine, unless named
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$root"

[[ $(uname -s) == Linux ]] || fail "the sanitizers are run on Linux only"
chosen=${1:-thread address} filter=${2:-}
thread_targets=(STTInferenceTests STTMediaTests STTEncoderCacheTests STTRecognitionTests)
address_targets=(ONNXFileTests OnnxRuntimeTests STTMediaTests STTQuantizeTests STTEncoderCacheTests STTRecognitionTests)
# The suites of the library and of the server watch the clock, which the slower code does not always keep: only by name.
[[ -z $filter ]] || thread_targets+=(GigaSTTTests GigaSTTServerTests)
# Pure values on one thread without pointers: nothing for a sanitizer to see, and their properties take minutes.
pure='Property|Segmenter|UtteranceMachine|Stitcher|Stabilizer'
# Bounds of memory, of which a sanitizer takes several times as much.
memory='anIdleStream|runsLeaveNoTensorBehind|sessionsLeaveNoWeightsBehind'

# sanitized SANITIZER COMMAND…: swift's COMMAND for the targets in $targets, built with SANITIZER.
sanitized() {
    local sanitizer=$1 command=$2 names
    shift 2
    names=$(IFS=, && printf '%s' "${targets[*]}")
    GIGASTT_TEST_TARGETS=$names swift "$command" --scratch-path "$root/.build-${sanitizer:0:1}san" \
        --sanitize "$sanitizer" "${swift_flags[@]}" "$@"
}

# run_suite SANITIZER TARGET: runs the tests of TARGET. Reports are printed after the tests, where a log that is cut at
# its start still has them.
run_suite() {
    local sanitizer=$1 target=$2 status=0 reports=$root/.build-${1:0:1}san/reports
    rm -rf "$reports"
    mkdir -p "$reports"
    TSAN_OPTIONS="$sanitizer_options log_path=$reports/report" ASAN_OPTIONS="$sanitizer_options log_path=$reports/report" \
        LD_PRELOAD=$preload sanitized "$sanitizer" test --skip-build --disable-xctest \
        --filter "^${filter:-$target\\.}" --skip "$pure|$memory" || status=$?
    if ((status != 0)); then head -n 80 "$reports"/* >&2 2>/dev/null || :; fi
    return "$status"
}

# run_suites SANITIZER: builds the tests of $targets and runs them with the library $preload, one process a target.
run_suites() {
    local sanitizer=$1 target
    step "building the tests with $sanitizer sanitizer" sanitized "$sanitizer" build --build-tests
    for target in "${targets[@]}"; do
        [[ -z $filter || $filter == "$target"* ]] || continue
        step "$sanitizer sanitizer: $target" run_suite "$sanitizer" "$target"
    done
}

# Thread Sanitizer must be silent about a lock and must report a race, with the same preloaded library as the tests.
check_thread_sanitizer() {
    local folder=$root/.build-tsan status=0
    mkdir -p "$folder"
    clang -shared -fPIC -O1 -Wall -Werror -o "$folder/mutex.so" "$root/Scripts/sanitizers/mutex.c" -ldl
    swiftc -sanitize=thread -o "$folder/race" "$root/Scripts/sanitizers/race.swift"
    LD_PRELOAD=$folder/mutex.so TSAN_OPTIONS=exitcode=66 "$folder/race" locked
    LD_PRELOAD=$folder/mutex.so TSAN_OPTIONS="exitcode=66 log_path=/dev/null" "$folder/race" racing || status=$?
    ((status == 66)) || fail "Thread Sanitizer does not see a race (exit status $status, expected 66)"
}

GIGASTT_TEST_SILERO=$("$root/Scripts/install-silero.sh")
[[ -z $GIGASTT_TEST_SILERO ]] || export GIGASTT_TEST_SILERO
# Both sanitizers make the tests several times slower: a longer deadline, and fewer tests at a time, so that those with a
# limit of their own get the processor.
export GIGASTT_TEST_DEADLINE=600 SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=4
if [[ $chosen == *thread* ]]; then
    targets=("${thread_targets[@]}") preload=$root/.build-tsan/mutex.so
    step "self-check of Thread Sanitizer" check_thread_sanitizer
    sanitizer_options="halt_on_error=0 exitcode=66"
    run_suites thread
fi
if [[ $chosen == *address* ]]; then
    targets=("${address_targets[@]}") preload=
    # ONNX Runtime and FFmpeg keep what they allocate once until the process ends.
    sanitizer_options="detect_leaks=0 detect_stack_use_after_return=1"
    run_suites address
fi
