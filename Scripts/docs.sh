#!/usr/bin/env bash
# Builds the documentation of the libraries GigaSTT and GigaSTTDownload; a warning is a failure.
set -euo pipefail
# shellcheck source=Scripts/environment.sh
source "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$root"

step "documentation of GigaSTTDownload" swift package "${swift_flags[@]}" \
    generate-documentation --target GigaSTTDownload --warnings-as-errors
# The plugin has built what both need: the modules, and the symbol graph of the snippets.
outputs=.build/plugins/Swift-DocC/outputs
snippets=("$outputs"/.build/symbol-graphs/snippet-symbol-graphs/*/gigastt-snippets.symbols.json)
step "building GigaSTT" swift build --target GigaSTT "${swift_flags[@]}"
step "documentation of GigaSTT" "$root/Scripts/library-docs.py" \
    "$(swift build --show-bin-path "${swift_flags[@]}")/Modules" "${snippets[0]}" "$outputs/GigaSTT.doccarchive"
