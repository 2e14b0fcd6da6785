#!/bin/sh
# Starts the server with the options of the add-on, and announces it to Home Assistant when it is ready.
set -eu
data=${DATA:-/data}
supervisor=${SUPERVISOR:-http://supervisor}
# In the network of the add-ons, and no further unless a port of the machine is set.
wyoming=${WYOMING:-0.0.0.0:10300}
http_port=${HTTP_PORT:-9876}

option() {
    jq -r "$1" "$data/options.json"
}

announce() {
    # Until the model is downloaded and loaded the answer is 503.
    curl -fs -o /dev/null --retry 3600 --retry-delay 1 --retry-connrefused "http://127.0.0.1:$http_port/ready"
    jq -n --arg uri "tcp://$(hostname):${wyoming##*:}" '{service: "wyoming", config: {uri: $uri}}' |
        curl -fsS -o /dev/null -H "Authorization: Bearer $SUPERVISOR_TOKEN" -H "Content-Type: application/json" \
            --data @- "$supervisor/discovery" || echo "gigastt was not announced; add the Wyoming integration by hand" >&2
}

# Models and the encoder that is prepared from them are kept.
export HOME="$data"
GIGASTT_HOTWORDS=$(option '.hotwords | join(",")')
[ -z "$GIGASTT_HOTWORDS" ] || export GIGASTT_HOTWORDS
announce &
# Without punctuation: the sentences of Home Assistant have none.
exec gigastt serve --port "$http_port" --wyoming "$wyoming" --bind-all --punctuation off \
    --model-variant "$(option .model_variant)"
