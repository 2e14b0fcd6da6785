"""The served documents are valid, and the responses conform to them.

usage: documents.py URL
"""

import asyncio
import json
import re
import sys

import requests
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic_asyncapi.v3 import AsyncAPI
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from serving import ROOT, recording, samples

URL = sys.argv[1]
# In the log only: the client has disconnected.
UNSENT = {"client_closed"}


def served(path):
    answer = requests.get(URL + path, timeout=10)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/yaml", answer.headers
    return yaml.safe_load(answer.text)


def validator(document, name):
    """Validates an object against a schema of a document's components."""
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": document["components"]})


async def session(*texts):
    """Every message of a live session in which the texts and then a recording are sent."""
    messages = []
    async with connect(URL.replace("http", "ws") + "/v1/ws") as ws:
        for text in texts:
            await ws.send(text)
        audio = samples(recording("06"))
        for start in range(0, len(audio), 3200):
            await ws.send(audio[start : start + 3200])
        await ws.send('{"type":"stop"}')
        try:
            while True:
                messages.append(json.loads(await asyncio.wait_for(ws.recv(), 30)))
        except ConnectionClosed as closed:
            assert closed.rcvd and closed.rcvd.code == 1000, closed
    return messages


async def resumed(token, number):
    """Every message that a client gets which comes again with the token of a session that has ended."""
    messages = []
    protocols = ["gigastt.v1", f"gigastt.resume.{token}.{number}"]
    async with connect(URL.replace("http", "ws") + "/v1/ws", subprotocols=protocols) as ws:
        assert ws.subprotocol == "gigastt.v1", ws.subprotocol
        try:
            while True:
                messages.append(json.loads(await asyncio.wait_for(ws.recv(), 30)))
        except ConnectionClosed as closed:
            assert closed.rcvd and closed.rcvd.code == 1000, closed
    return messages


def check_openapi():
    document = served("/openapi.yaml")
    OpenAPIV31SpecValidator(document).validate()
    audio = recording("11").read_bytes()
    with requests.post(f"{URL}/v1/transcribe/stream", data=audio, timeout=60) as answer:
        events = [json.loads(line[6:]) for line in answer.text.split("\n\n") if line.startswith("data: ")]
    assert len(events) > 3, events
    for event in events:
        validator(document, "StreamEvent").validate(event)
    form = [("response_format", "verbose_json"), *(("timestamp_granularities[]", name) for name in ("word", "segment"))]
    answer = requests.post(f"{URL}/v1/audio/transcriptions", data=form, files={"file": ("a.wav", audio)}, timeout=60)
    assert answer.status_code == 200 and answer.json()["segments"] and answer.json()["words"], answer.text
    validator(document, "OpenAITranscript").validate(answer.json())
    # The examples of a schema conform to it.
    for name, schema in document["components"]["schemas"].items():
        for example in schema.get("examples", []):
            validator(document, name).validate(example)
    return len(document["paths"])


def check_asyncapi():
    document = served("/asyncapi.yaml")
    AsyncAPI.model_validate(document)
    schemas = {
        "ready": "Ready", "partial": "Partial", "final": "Final", "error": "Error", "marker": "Marker",
        "note": "Note", "speech_started": "SpeechStarted", "speech_stopped": "SpeechStopped",
        "speakers": "Speakers", "resumable": "Resumable", "ack": "Ack", "resumed": "Resumed"}
    messages = asyncio.run(session(
        '{"type":"configure","sample_rate":16001}', '{"type":"configure","endpoint_mode":"never"}',
        '{"type":"configure","sample_rate":16000,"protocol_version":"1.2","speech_events":true,"diarization":true,"resume":true,'
        '"hotwords":"ChatGPT"}',
        '{"type":"marker","id":"7"}'))
    kinds = [message["type"] for message in messages]
    token = next(message["token"] for message in messages if message["type"] == "resumable")
    # Partials are replaced by later ones, and acknowledgements are not repeated.
    kept = [message for message in messages if message.get("seq", 0) > 1 and message["type"] != "partial"]
    again = asyncio.run(resumed(token, 1))
    assert [message for message in again[1:] if message["type"] != "partial"] == kept, again
    # Speech that the end of the audio cuts off has no end of its own.
    assert set(kinds) | {"speech_stopped", again[0]["type"]} == set(schemas) and kinds[0] == "ready", kinds
    # Finals do not wait for the speakers of their words.
    assert [kind for kind in kinds if kind != "speakers"][-1] == "final", kinds
    for message in messages + again:
        validator(document, schemas[message["type"]]).validate(message)
    operations = document["operations"]
    ports = ("", "Deepgram", "Realtime", "Vosk", "Wyoming", "AudioSocket", "Asterisk", "FreeSwitch", "Jambonz")
    pairs = {f"{verb}{name}Client" for name in ports for verb in ("receiveFrom", "sendTo")}
    # Clients that read a call send nothing.
    pairs.add("sendToCallClient")
    assert set(operations) == pairs, set(operations)
    names = [reference["$ref"].split("/")[-1] for reference in operations["sendToClient"]["messages"]]
    sent = {document["components"]["messages"][name]["name"] for name in names}
    assert sent == set(schemas), sent
    for name, message in document["components"]["messages"].items():
        for example in message.get("examples", []):
            schema = message["payload"]["$ref"].split("/")[-1]
            validator(document, schema).validate(example["payload"])
            assert example["payload"]["type"] == message["name"], example
    return len(messages)


def check_codes():
    """Every error code in the sources is explained in docs/api.md and named by one of the served documents."""
    pattern = re.compile(r'(?:code: |Failure\((?:\d+|\.\w+), )"([a-z_]+)"')
    sources = (ROOT / "Sources/GigaSTTServer").rglob("*.swift")
    codes = {code for path in sources for code in pattern.findall(path.read_text(encoding="utf-8"))} - UNSENT
    assert len(codes) > 30, codes
    explained = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    named = "".join(requests.get(URL + path, timeout=10).text for path in ("/openapi.yaml", "/asyncapi.yaml"))
    for text, place in ((explained, "docs/api.md"), (named, "/openapi.yaml and /asyncapi.yaml")):
        absent = [code for code in sorted(codes) if f"`{code}`" not in text]
        assert not absent, f"not in {place}: {absent}"
    return len(codes)


paths, messages, codes = check_openapi(), check_asyncapi(), check_codes()
print(f"{paths} paths, {messages} live messages, {codes} error codes")
