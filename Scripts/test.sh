#!/usr/bin/env bash
# All tests: house checks, Swift tests, documentation, then the program from outside: third-party clients, a browser, the
# files of Deploy, and the comparison with an independent implementation.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$root"

step "house checks" "$root/.ci/lint"
GIGASTT_TEST_SILERO=$("$root/Scripts/install-silero.sh")
[[ -z $GIGASTT_TEST_SILERO ]] || export GIGASTT_TEST_SILERO
# The object store of the Swift tests is moto, one of the third-party programs.
"$root/Scripts/python-environment.sh" "$root/.cache/clients" "$root/Tests/Clients/requirements.txt" >/dev/null

step "building the tests" swift build --build-tests "${swift_flags[@]}"
# Hundreds of tests share few cores: what takes seconds alone may take more than a minute beside the others.
export GIGASTT_TEST_DEADLINE=300
# One process a target: suites that watch the clock, or other processes, do not compete with the rest.
for folder in Tests/*Tests; do
    target=${folder#Tests/} order=()
    # The tests of the library share the workers of one recognizer: at once, each would wait for all others.
    [[ $target != GigaSTTTests ]] || order=(--no-parallel)
    step "swift test: $target" \
        swift test --skip-build --disable-xctest "${order[@]}" --filter "^$target\\." "${swift_flags[@]}"
done
step "public interface of the library" "$root/Scripts/public-api.py" \
    "$(swift build --show-bin-path "${swift_flags[@]}")/Modules"
step "versions of the dependencies" "$root/Scripts/dependencies.py"
step "C library" "$root/Tests/CLibrary/check.sh" "$("$root/Scripts/library.sh" debug)"
step "documentation" "$root/Scripts/docs.sh"
step "documentation site" "$root/Scripts/site.sh"
program=$(swift build --show-bin-path "${swift_flags[@]}")/gigastt
step "third-party clients, browser, deployment" "$root/Tests/Clients/check.sh" "$program"
step "comparison with onnx-asr" "$root/Tests/Reference/check.sh" "$program"
step "container image" "$root/Scripts/image.sh" "$program"
