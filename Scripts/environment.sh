# Sourced by the other scripts: where things are, and the few lines they share.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the variables are read by the scripts that source this file

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
prefix=${GIGASTT_PREFIX:-/usr/local}
runtime_version=1.32.0
runtime_folder=$prefix/lib/gigastt
swift_flags=()

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

say() {
    printf '==> %s\n' "$*" >&2
}

# missing TEXT: something that a test needs cannot be had here. The test is skipped; with GIGASTT_TEST_REQUIRE_ALL=1, as
# in continuous integration, it fails.
missing() {
    [[ ${GIGASTT_TEST_REQUIRE_ALL:-} != 1 ]] || fail "$* (required by GIGASTT_TEST_REQUIRE_ALL=1)"
    say "skipped: $*"
    exit 0
}

# step NAME COMMAND…: runs the command; on failure says which step failed and keeps its exit status.
step() {
    local name=$1 status=0
    shift
    say "$name"
    "$@" || status=$?
    if ((status != 0)); then
        printf 'error: %s failed with status %d\n' "$name" "$status" >&2
        exit "$status"
    fi
}

# as_root COMMAND…: directly for root, through sudo for others.
as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "this step needs root: run it as root or install sudo ($*)"
    fi
}

case $(uname -s) in
Linux)
    # The program looks in /usr/local/lib/gigastt by itself; another prefix has to be named.
    if [[ $prefix != /usr/local && -z ${ONNXRUNTIME_LIB:-} ]]; then
        export ONNXRUNTIME_LIB=$runtime_folder/libonnxruntime.so.$runtime_version
    fi
    ;;
Darwin)
    if command -v brew >/dev/null; then
        brew_prefix=$(brew --prefix)
        swift_flags=(-Xcc "-I$brew_prefix/include")
        export ONNXRUNTIME_LIB=${ONNXRUNTIME_LIB:-$brew_prefix/lib/libonnxruntime.dylib}
        export DYLD_FALLBACK_LIBRARY_PATH=$brew_prefix/lib:${DYLD_FALLBACK_LIBRARY_PATH:-/usr/local/lib:/usr/lib}
    fi
    ;;
esac
