#!/usr/bin/env bash
# Set-up: checks Swift, installs system packages and ONNX Runtime.
#
#   Scripts/setup.sh          what building and running needs
#   Scripts/setup.sh tests    the same, and what the tests need
#
# Every step looks first and acts only when something is missing, so a second run takes under a second and
# touches neither apt nor the network. ONNX Runtime goes to $GIGASTT_PREFIX/lib/gigastt (default /usr/local).
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

for_tests=${1:-}
[[ -z $for_tests || $for_tests == tests ]] || fail "unknown argument '$for_tests': use no argument, or 'tests'"

check_swift() {
    local advice="install Swift 6.2 or newer from https://www.swift.org/install and put it in PATH" text version
    command -v swift >/dev/null || fail "swift was not found: $advice"
    text=$(swift --version 2>&1) || fail "'swift --version' failed: $advice"$'\n'"$text"
    [[ $text =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] || fail "no version in the output of 'swift --version': $advice"
    version=${BASH_REMATCH[1]}.${BASH_REMATCH[2]}
    if ((BASH_REMATCH[1] < 6 || (BASH_REMATCH[1] == 6 && BASH_REMATCH[2] < 2))); then
        fail "Swift $version is too old: $advice"
    fi
}

# wanted_packages FILE…: the package names in the lists, without comments; `name@debian` counts on Debian only.
wanted_packages() {
    local system
    # shellcheck source=/dev/null
    system=$(source /etc/os-release && printf '%s' "$ID")
    sed -e 's/#.*//' -e '/^[[:space:]]*$/d' -e "s/@$system\$//" -e '/@/d' "$@"
}

install_debian_packages() {
    command -v dpkg-query >/dev/null || fail "only Debian, Ubuntu and macOS are set up automatically: install the" \
        "equivalents of the packages in Scripts/packages-debian.txt yourself, then run 'swift build'"
    local lists=("$root/Scripts/packages-debian.txt") wanted installed missing
    [[ -n $for_tests ]] && lists+=("$root/Scripts/packages-debian-tests.txt")
    wanted=$(wanted_packages "${lists[@]}" | sort -u)
    # dpkg-query exits with 1 when it does not know a package, which is an answer here, not a failure.
    # shellcheck disable=SC2086  # one argument a package
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null || true)
    missing=$(comm -23 <(printf '%s\n' "$wanted") <(sed -n 's/^installed //p' <<<"$installed" | sort -u))
    [[ -n $missing ]] || return 0

    say "installing system packages: ${missing//$'\n'/ }"
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
    # An unreachable source of the user is not fatal: the installation below fails if it was needed.
    as_root "${apt[@]}" update >&2 || say "'apt-get update' failed; using the existing lists"
    # shellcheck disable=SC2086  # one argument a package
    as_root "${apt[@]}" install -y --no-install-recommends $missing >&2 ||
        fail "apt-get could not install ${missing//$'\n'/ }: check the network and the sources in /etc/apt"
}

install_homebrew_packages() {
    command -v brew >/dev/null || fail "Homebrew was not found: install it from https://brew.sh"
    local wanted=(ffmpeg onnxruntime python3) missing=() name
    [[ -n $for_tests ]] && wanted+=(shellcheck)
    for name in "${wanted[@]}"; do
        # A look at Homebrew's folder of linked formulae: `brew list` alone takes over a second.
        [[ -e $(brew --prefix)/opt/$name ]] || missing+=("$name")
    done
    ((${#missing[@]} == 0)) && return 0
    say "installing Homebrew packages: ${missing[*]}"
    brew install "${missing[@]}" >&2 || fail "Homebrew could not install: ${missing[*]}"
}

check_swift
case $(uname -s) in
Linux)
    install_debian_packages
    "$root/Scripts/install-onnxruntime.sh"
    ;;
Darwin)
    install_homebrew_packages
    ;;
*)
    fail "$(uname -s) is not supported: use Linux or macOS"
    ;;
esac
