"""Calls as telephone switches send them over WebSockets, written from the sources and documents of the switches.

usage: telephony_client.py PORT EXPECTED_TEXT
"""

import asyncio
import audioop
import json
import sys
import uuid

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from serving import recording, samples

WS, EXPECTED = f"ws://127.0.0.1:{sys.argv[1]}", sys.argv[2]
AUDIO = samples(recording("07"))


async def rest(ws):
    """The messages up to the end of the connection, which must be a normal one."""
    messages = []
    try:
        while True:
            messages.append(await asyncio.wait_for(ws.recv(), 60))
    except ConnectionClosed as closed:
        assert closed.rcvd and closed.rcvd.code == 1000, closed
    return messages


async def texts(identifier):
    """The text of each channel of a call as a reader gets it."""
    async with connect(f"{WS}/v1/calls/{identifier}") as ws:
        messages = [json.loads(message) for message in await rest(ws)]
    kinds = [message["type"] for message in messages]
    assert kinds[0] == "ready" and kinds[-1] == "final", kinds
    parts = [[] for _ in range(messages[0].get("channels", 1))]
    for message in messages:
        if message["type"] == "final" and message["text"]:
            parts[message.get("channel", 0)].append(message["text"])
    return [" ".join(part) for part in parts]


async def text(identifier):
    """The text of a call with one channel."""
    (found,) = await texts(identifier)
    return found


async def play(ws, audio, block):
    for start in range(0, len(audio), block):
        await ws.send(audio[start : start + block])


async def asterisk(name, is_json):
    """A channel of chan_websocket in one format; it ends as a hang-up in the dialplan does."""
    rates = {"ulaw": 8_000, "alaw": 8_000, "slin": 8_000, "slin16": 16_000, "slin48": 48_000}
    audio, _ = audioop.ratecv(AUDIO, 2, 1, 16_000, rates[name], None)
    if name in ("ulaw", "alaw"):
        audio = getattr(audioop, f"lin2{name}")(audio, 2)
    size = rates[name] // 50 * (1 if name in ("ulaw", "alaw") else 2)
    identifier = str(uuid.uuid4())
    early = asyncio.create_task(text(identifier))
    fields = {
        "connection_id": "stt", "channel": "WebSocket/stt/0x7f3c40001a40", "channel_id": identifier, "format": name,
        "optimal_frame_size": size, "ptime": 20}
    async with connect(f"{WS}/v1/asterisk", subprotocols=["media"]) as ws:
        assert ws.subprotocol == "media"
        if is_json:
            variables = {"MEDIA_WEBSOCKET_CONNECTION_ID": "stt"}
            await ws.send(json.dumps({"event": "MEDIA_START", **fields, "channel_variables": variables}))
        else:
            await ws.send("MEDIA_START " + " ".join(f"{key}:{value}" for key, value in fields.items()))
        await play(ws, audio[: len(audio) // size // 2 * size], size)
        await ws.send(f"DTMF_END digit:5 channel_id:{identifier}")
        await play(ws, audio[len(audio) // size // 2 * size :], size)
    found = await early
    assert await text(identifier) == found, name
    # The simple converter of this client changes the sound of the other rates, so a few letters may differ.
    assert found == EXPECTED if name == "slin16" else found, (name, found)


async def refused():
    """What is no call is hung up."""
    async with connect(f"{WS}/v1/asterisk") as ws:
        await ws.send(b"\0" * 320)
        assert await ws.recv() == "HANGUP"


def finals(messages):
    """The text of transcriptions; all must have the members that the switches read."""
    for message in messages:
        assert type(message["is_final"]) is bool and 0 <= message["alternatives"][0]["confidence"] <= 1, message
    texts = [message["alternatives"][0]["transcript"] for message in messages if message["is_final"]]
    return " ".join(part for part in texts if part)


async def fork(is_stereo, by_metadata):
    """A connection of mod_audio_fork; it ends as `graceful-shutdown` does. Of two channels each has its text."""
    identifier, mix = str(uuid.uuid4()), "stereo" if is_stereo else "mono"
    audio = audioop.tostereo(AUDIO, 2, 1, 1) if is_stereo else AUDIO
    metadata = {"callSid": identifier, "sampleRate": 16_000, "mixType": mix} if by_metadata else {"from": "1508"}
    query = "" if by_metadata else f"&call_id={identifier}&sample_rate=16000&mix_type={mix}"
    early = asyncio.create_task(texts(identifier))
    async with connect(f"{WS}/v1/fork?interim_results=true{query}", subprotocols=["audio.drachtio.org"]) as ws:
        assert ws.subprotocol == "audio.drachtio.org"
        await ws.send(json.dumps(metadata))
        await play(ws, audio, 1_280 if is_stereo else 640)
        await ws.send(b"")
        messages = [json.loads(message) for message in await rest(ws)]
    assert {message["type"] for message in messages} == {"transcription"}, messages
    data = [message["data"] for message in messages]
    assert all(("channel" in part) == is_stereo for part in data), data
    found = [finals([part for part in data if part.get("channel", 0) == channel]) for channel in range(1 + is_stereo)]
    assert found == [EXPECTED] * (1 + is_stereo) == await early, messages


async def jambonz(rate, is_call):
    """A recognition of mod_jambonz_transcribe."""
    audio, _ = audioop.ratecv(AUDIO, 2, 1, 16_000, rate, None)
    identifier = str(uuid.uuid4())
    start = {
        "type": "start", "language": "ru-RU", "format": "raw", "encoding": "LINEAR16", "interimResults": True,
        "sampleRateHz": rate, "options": {"callSid": identifier, "hints": ["да"]}}
    async with connect(
            f"{WS}/v1/jambonz{'?calls=true' if is_call else ''}",
            additional_headers={"Authorization": "Bearer unused"}) as ws:
        await ws.send(json.dumps(start))
        await play(ws, audio, rate // 25)
        await ws.send('{"type":"stop"}')
        messages = [json.loads(message) for message in await rest(ws)]
    found = finals(messages)
    assert all(message["type"] == "transcription" and message["language"] == "ru-RU" for message in messages)
    assert found == EXPECTED if rate == 16_000 else found, messages
    if is_call:
        assert await text(identifier) == found


async def main():
    formats = ("ulaw", "alaw", "slin", "slin16", "slin48")
    for index, name in enumerate(formats):
        await asterisk(name, is_json=index % 2 == 1)
    await refused()
    for is_stereo in (False, True):
        for by_metadata in (False, True):
            await fork(is_stereo, by_metadata)
    await asyncio.gather(jambonz(16_000, True), jambonz(8_000, False))
    print(f"Asterisk in {len(formats)} formats, FreeSWITCH, jambonz, {len(EXPECTED.split())} words")


asyncio.run(main())
