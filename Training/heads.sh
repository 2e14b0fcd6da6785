#!/usr/bin/env bash
# Trains the small heads of Tests/Fixtures/Heads, on the encoder of a trained model:
#
#   Training/heads.sh FOLDER MODEL        MODEL: a folder of the contract, with both forms of the encoder
#
# FOLDER is that of reproduce.sh, which has the Python environment and the corpora; PYTHON and CORPORA name others. Texts,
# speech and the encoder's frames are kept there; run it again to go on. The files are written to FOLDER/heads-out. MINUTES
# and CTC_MINUTES set the processor time of the training, on one thread; START names the run of a similar encoder to go on with,
# for which fewer SENTENCES and MINUTES do.
set -euo pipefail
training=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=Scripts/environment.sh
source "$training/../Scripts/environment.sh"

(($# == 2)) || fail "say where to work, and beside which model: Training/heads.sh FOLDER MODEL"
mkdir -p "$1"
work=$(cd "$1" && pwd)
model=$(cd "$2" && pwd)
cd "$work"
python=${PYTHON:-$work/venv/bin/python}
corpora=${CORPORA:-$work/corpora}
demo=$training/../Demo

# The frames and what is learnt from them belong to one encoder.
digest=$(sha256sum <"$model/v3_rnnt_encoder.onnx" | cut -c 1-12)
frames=heads-frames-$digest
run=heads-run-$digest

write_texts() {
    [[ -e heads-texts/held.tsv ]] || "$python" "$training/heads_texts.py" --fortunes "$corpora/usr/share/games/fortunes/ru" \
        --mo "$corpora/usr/share/games/wesnoth/*/locale/ru/LC_MESSAGES/*.mo" --out heads-texts
}

speak() {
    "$python" "$training/synth.py" --texts heads-texts/train.tsv --out heads-speech/train --seed 5 --workers 1 &&
        "$python" "$training/synth.py" --texts heads-texts/held.tsv --out heads-speech/held --seed 6 --workers 1
}

encode() {
    [[ -e $frames/train.tsv ]] && return 0
    rm -rf heads-frames-* # more than a gigabyte, of another encoder
    mkdir "$frames"
    "$python" "$training/heads_frames.py" heads-speech/train "$model" "$frames/train" "${SENTENCES:-9252}"
}

train() {
    [[ -e $run/heads.pt ]] || "$python" "$training/heads_train.py" "$frames/train" "$model" "$run" \
        --minutes "${MINUTES:-12}" --ctc-minutes "${CTC_MINUTES:-2}" ${START:+--start "$START"}
}

step "texts" write_texts
step "speech" speak
step "the encoder's frames" encode
step "training" train
step "export" "$python" "$training/heads_export.py" "$run" "$model" heads-out
step "error rates with onnx-asr" "$python" "$training/heads_evaluate.py" heads-out heads-speech/held "$demo"
say "the heads are in $work/heads-out"
