#!/usr/bin/env bash
# Kills a server with jobs at random instants: Scripts/kill.sh [KILLS [PROGRAM]], 200 times the release build by default.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
program=${2:-$("$root/Scripts/build.sh")}
exec python3 "$root/Tests/Clients/jobs_kill.py" "$program" "${1:-200}"
