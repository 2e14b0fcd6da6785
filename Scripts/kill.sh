#!/usr/bin/env bash
# Kills a server with jobs at random instants, and servers that share PostgreSQL: Scripts/kill.sh [KILLS [PROGRAM]], 200 times
# the release build by default, and as many seconds.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
program=${2:-$("$root/Scripts/build.sh")}
python3 "$root/Tests/Clients/jobs_kill.py" "$program" "${1:-200}"
exec python3 "$root/Tests/Clients/jobs_workers.py" "$program" "${1:-200}"
