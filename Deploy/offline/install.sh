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
echo "Installed. Next:"
if [ "$models" = "$HOME/.gigastt/models" ]; then
    echo "  $program/bin/gigastt --offline transcribe RECORDING"
else
    echo "  $program/bin/gigastt --offline transcribe --model-dir $models RECORDING"
fi
