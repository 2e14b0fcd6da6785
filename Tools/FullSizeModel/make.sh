#!/usr/bin/env bash
# Writes a random model of the real size into a folder: fp32 and int8 encoder, prediction network, joint, vocabulary.
# Options after the folder are those of export_random_gigaam.py.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${1:?usage: make.sh FOLDER [--quiet]}
shift
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
environment=$folder/.venv
if [[ ! -x $environment/bin/python ]]; then
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet -r "$here/requirements.txt"
fi
cd "$here"
"$environment/bin/python" export_random_gigaam.py --out "$folder" --wav "$here/../../Demo/10_minute.wav" "$@"
"$environment/bin/python" quantize_reference.py \
    --src "$folder/v3_rnnt_encoder.onnx" --dst "$folder/v3_rnnt_encoder_int8.onnx"
