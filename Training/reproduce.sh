#!/usr/bin/env bash
# Trains the built-in model again, from texts to ONNX files and error rates.
#
#   Training/reproduce.sh FOLDER             everything (README.md says how long each step takes)
#   SMOKE=1 Training/reproduce.sh FOLDER     every step with 40 utterances and 1 minute: proves the scripts, not a model
#
# The first stage trains a model of its own structure, the second one with the structure of GigaAM v3, which starts from
# the first one and is taught by it, the third goes on from the second with human speech, and the fourth from the third with
# a voice built of human speech that speaks other texts: the built-in model. FOLDER keeps the results of finished steps; run
# it again to go on after an interruption. Debian 12 and root or sudo for libespeak-ng and Festival; the corpora are unpacked
# inside FOLDER and not installed. FIRST_MINUTES, SECOND_MINUTES, THIRD_MINUTES and MINUTES set the training time of the stages.
set -euo pipefail
training=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=Scripts/environment.sh
source "$training/../Scripts/environment.sh"

(($# == 1)) || fail "say where to work: Training/reproduce.sh FOLDER"
mkdir -p "$1"
work=$(cd "$1" && pwd)
cd "$work"

if [[ -n ${SMOKE:-} ]]; then
    limit=40 first_minutes=${FIRST_MINUTES:-1} second_minutes=${SECOND_MINUTES:-1} test_limit=5
    third_minutes=${THIRD_MINUTES:-1} minutes=${MINUTES:-1} first_options=(--ctc-only 10) second_options=(--ctc-only 10)
    options=(--ctc-only 10)
else
    limit=1000000000 first_minutes=${FIRST_MINUTES:-40} second_minutes=${SECOND_MINUTES:-76} test_limit=1000000000
    third_minutes=${THIRD_MINUTES:-80} minutes=${MINUTES:-82} first_options=() second_options=(--ctc-only 400) options=(--ctc-only 150)
fi
second_options+=(--encoder v3 --teacher model-first --longest 24 --lr 1.5e-3)
options+=(--encoder v3 --layers 8 --longest 20 --lr 8e-4 --warmup 150 --threads 1)
third_options=(--start model-second --human 0.3)
fourth_options=(--data corpus corpus-more --start model-third --human 0.25 --festival 0.35)
python=$work/venv/bin/python
corpora=$work/corpora
fortunes=$corpora/usr/share/games/fortunes/ru
translations="$corpora/usr/share/games/wesnoth/*/locale/ru/LC_MESSAGES/*.mo"
dictionary=$corpora/usr/share/hunspell/ru_RU.dic
campaigns=(did dm dw ei httt l low nr sof sota sotbe thot trow tsg ttb utbs)

make_environment() {
    [[ -e venv/complete ]] && return 0
    python3 -m venv venv && venv/bin/pip install --quiet --requirement "$training/requirements.txt" &&
        touch venv/complete
}

# The synthesisers have many dependencies, so they are installed.
install_synthesisers() {
    ldconfig -p | grep -q 'libespeak-ng\.so\.1' && command -v festival >/dev/null && return 0
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends libespeak-ng1 espeak-ng-data festival
}

# The corpora are only read, so they are unpacked and not installed (470 MB to fetch).
unpack_corpora() {
    [[ -e $corpora/complete ]] && return 0
    mkdir -p packages "$corpora" campaigns
    (cd packages && apt-get download fortunes-ru wesnoth-1.16-data hunspell-ru festvox-ru asterisk-core-sounds-ru-wav \
        "${campaigns[@]/#/wesnoth-1.16-}") || return
    local package target
    for package in packages/*.deb; do
        target=$corpora
        # The campaigns stay apart: the texts of the first stages and of the test sets are drawn without them.
        [[ $package != packages/wesnoth-* || $package == packages/wesnoth-1.16-data* ]] || target=campaigns
        dpkg -x "$package" "$target" || return
    done
    touch "$corpora/complete"
}

write_texts() {
    [[ -e texts/train.tsv ]] && return 0
    "$python" "$training/texts.py" --fortunes "$fortunes" --mo "$translations" --dic "$dictionary" --out texts
}

# The human voice, its versions, and the test sets of the man and the woman.
add_human_speech() {
    [[ -e sets/human_complete ]] && return 0
    "$python" "$training/human.py" "$corpora" corpus sets/test_man || return
    local number codec
    for number in 1 2; do
        "$python" "$training/voices.py" corpus human "$number" || return
    done
    for codec in "" gsm g722 g711; do
        "$python" "$training/prompts.py" "$corpora" "sets/test_woman$codec" "$codec" || return
    done
    touch sets/human_complete
}

# More texts, and the Festival voice of the man, which speaks texts of all stages and single words.
add_festival_speech() {
    [[ -e corpus-more/complete ]] && return 0
    local -a say=("$python" "$training/festival.py" "$corpora" festival-voice)
    "$python" "$training/texts_more.py" --mo "campaigns/usr/share/games/wesnoth/*/locale/ru/LC_MESSAGES/*.mo" --dic "$dictionary" \
        --known texts/{train,held_a,held_b}.tsv sets/*/manifest.json --out texts || return
    "${say[@]}" texts/train.tsv corpus-more festival --limit "$((limit < 8000 ? limit : 8000))" || return
    "${say[@]}" texts/words.tsv corpus-more words --limit "$limit" || return
    "${say[@]}" texts/campaigns.tsv corpus-more campaigns --limit "$((limit < 5000 ? limit : 5000))" --seed 2 || return
    "$python" "$training/voices.py" corpus-more words 1 || return
    "$python" "$training/voices.py" corpus-more festival 1 0.08 || return
    "$python" "$training/synth.py" --texts texts/campaigns.tsv --out corpus-more --seed 2 --workers "$(nproc)" \
        --limit "$((limit < 6000 ? limit : 6000))" || return
    touch corpus-more/complete
}

# Trains into the folder RUN: train RUN MINUTES OPTION…
train() {
    local run=$1 minutes=$2
    shift 2
    [[ -e $run/final.pt ]] && return 0
    "$python" "$training/train.py" --data corpus --dev dev --out "$run" --minutes "$minutes" "$@"
}

step "Python environment" make_environment
step "self test of the loss" "$python" "$training/model.py"
step "speech synthesisers" install_synthesisers
step "corpora" unpack_corpora
step "texts" write_texts
step "speech" "$python" "$training/synth.py" --texts texts/train.tsv --out corpus --workers "$(nproc)" --limit "$limit"
step "speech to watch the training by" "$python" "$training/synth.py" --texts texts/held_a.tsv --out dev --seed 99 \
    --limit "$((limit < 150 ? limit : 150))"
step "first stage: training for $first_minutes minutes" train run-first "$first_minutes" "${first_options[@]}"
step "first stage: export" "$python" "$training/export.py" run-first/final.pt model-first
step "second stage: training for $second_minutes minutes" train run-second "$second_minutes" "${second_options[@]}"
step "second stage: export" "$python" "$training/export.py" run-second/final.pt model-second
step "human speech" add_human_speech
step "third stage: training for $third_minutes minutes" train run-third "$third_minutes" "${options[@]}" "${third_options[@]}"
step "third stage: export" "$python" "$training/export.py" run-third/final.pt model-third
step "test recordings" "$python" "$training/sets.py" --fortunes "$fortunes" --mo "$translations" --out sets
step "Festival speech" add_festival_speech
step "fourth stage: training for $minutes minutes" train run "$minutes" "${options[@]}" "${fourth_options[@]}"
step "fourth stage: export" "$python" "$training/export.py" run/final.pt model --int8
for set in test_{domain,voices,open,noise,long,pauseless} demo test_man test_woman{,gsm,g722,g711}; do
    step "error rates on $set" "$python" "$training/evaluate.py" model "sets/$set" --limit "$test_limit"
done
step "comparison of the files with the contract" "$python" "$training/contract.py" model
say "the model is in $work/model"
