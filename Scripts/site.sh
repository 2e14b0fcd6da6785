#!/usr/bin/env bash
# Writes the documentation site to dist/site; a broken link or anchor is an error.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$root"

python=$(Scripts/python-environment.sh .cache/site-generator Site/requirements.txt)
[[ -n $python ]] || exit 0
Site/pages.py .cache/site
NO_MKDOCS_2_WARNING=1 "$python" -m mkdocs build --clean --config-file Site/mkdocs.yml >&2
say "written: dist/site/index.html"
