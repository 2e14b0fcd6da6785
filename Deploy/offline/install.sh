#!/bin/sh
# Installs gigastt and a model from this folder, without a network:
#
#   ./install.sh [PROGRAM-FOLDER [MODEL-FOLDER]]
#
# PROGRAM-FOLDER is /opt/gigastt for root, else ~/.local/opt/gigastt; MODEL-FOLDER is ~/.gigastt/models, where the program
# looks. Nothing is written before all digests are right. Files with the same names are replaced.
set -eu
cd "$(dirname "$0")"

if [ "$(id -u)" = 0 ]; then program=/opt/gigastt; else program=$HOME/.local/opt/gigastt; fi
program=${1:-$program}
models=${2:-$HOME/.gigastt/models}

if ! sha256sum --check --quiet SHA256SUMS; then
    echo "The bundle is damaged: copy it again. Nothing was installed." >&2
    exit 1
fi
mkdir -p "$program" "$models"
tar -xzf gigastt-*.tar.gz --strip-components=1 --no-same-owner -C "$program"
cp -R models/. "$models/"
options=
if [ "$models" != "$HOME/.gigastt/models" ]; then
    options=" --model-dir $models"
    # The program looks for the punctuation model in its standard folder only.
    if [ -d "$models/punct" ]; then options="$options --punct-model-dir $models/punct"; fi
fi
echo "Installed. Next:"
echo "  $program/bin/gigastt --offline transcribe$options RECORDING"
