"""Sessions of all protocols at the same time: each text is that of the file, and each first text comes in time.

usage: mixed.py READY [SESSIONS [PACED [ROUNDS PROCESS [PROTOCOLS]]]]

READY is the line of --ready-json. SESSIONS (24) run at the same time, as fast as the server takes them. Then PACED (0)
sessions of each protocol run one by one in real time, and the median time to their first text is printed. Then, in ROUNDS (0)
rounds, the processor time that the server, PROCESS, needs for a session of each protocol is compared with that of gigastt 1.0:
16 sessions of 2 s at the same time, in real time, in the order 1.0, protocol, protocol, 1.0; once with speech, and once with as much
silence, in which almost nothing is recognised, so that the share of the protocol shows. PROTOCOLS, joined by commas, are those to
compare (all).
"""

import asyncio
import base64
import json
import pathlib
import statistics
import sys
import time
import uuid

import requests
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncClient

from serving import recording, samples

READY = json.loads(sys.argv[1])
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 24
PACED = int(sys.argv[3]) if len(sys.argv) > 3 else 0
ROUNDS = int(sys.argv[4]) if len(sys.argv) > 4 else 0
COMPARED = sys.argv[6].split(",") if len(sys.argv) > 6 else []
TALKERS = 16
COST_BYTES = 64_000  # 2 s
HTTP = f"http://127.0.0.1:{READY['port']}"
WS = f"ws://127.0.0.1:{READY['port']}"
BLOCK = 3_200  # bytes: 0.1 s


class Clock:
    """When the first text of a session came, and the pace at which its audio goes out."""

    def __init__(self, is_paced):
        self.is_paced, self.start, self.first = is_paced, time.monotonic(), None

    def note(self, text):
        if text and self.first is None:
            self.first = time.monotonic() - self.start

    async def blocks(self, audio):
        for index, start in enumerate(range(0, len(audio), BLOCK)):
            if self.is_paced:
                await asyncio.sleep(max(0, self.start + index * 0.1 - time.monotonic()))
            yield audio[start : start + BLOCK]


async def socket(address, audio, clock, first, block, last, read):
    """One session over a WebSocket: `read` returns the previewed and the final text of a message."""
    finals = []
    async with connect(address, max_size=None) as ws:
        async def send():
            for text in first:
                await ws.send(text)
            async for part in clock.blocks(audio):
                await ws.send(block(part))
            await ws.send(last)

        sending = asyncio.create_task(send())
        try:
            async for message in ws:
                preview, final, is_over = read(json.loads(message))
                clock.note(preview or final)
                if final:
                    finals.append(final)
                if is_over:
                    break
        except ConnectionClosed as closed:
            assert closed.rcvd and closed.rcvd.code == 1000, closed
        await sending
    return " ".join(finals)


def giga(version, policy="on_finalize"):
    """The previewed text is what the policy commits of it; with `on_finalize` all of it, with `final` none."""
    def read(message):
        text = message.get("text", "")
        assert message["type"] != "error", message
        if message["type"] != "partial":
            return "", text, False
        return {"on_finalize": text, "auto": message["committed"], "final": ""}[policy], "", False

    configure = {"type": "configure", "sample_rate": 16_000, "protocol_version": version,
                 "commit_policy": "auto" if policy == "auto" else "on_finalize"}
    return lambda audio, clock: socket(
        f"{WS}/v1/ws", audio, clock, [json.dumps(configure)], bytes, '{"type":"stop"}', read)


def vosk(audio, clock):
    return socket(
        f"ws://{READY['vosk']}", audio, clock, ['{"config":{"sample_rate":16000}}'], bytes, '{"eof" : 1}',
        lambda message: (message.get("partial"), message.get("text"), False))


def deepgram(audio, clock):
    def read(message):
        if message["type"] != "Results":
            return "", "", message["type"] == "Metadata"
        text = message["channel"]["alternatives"][0]["transcript"]
        return ("", text, False) if message["is_final"] else (text, "", False)

    return socket(
        f"{WS}/v1/listen?encoding=linear16&sample_rate=16000&interim_results=true", audio, clock, [], bytes,
        '{"type":"CloseStream"}', read)


def realtime(audio, clock):
    """The client ends the turn, so that the whole recording is one."""
    def read(message):
        assert message["type"] != "error", message
        return message.get("delta"), message.get("transcript"), "transcript" in message

    audio_input = {"format": {"type": "audio/pcm", "rate": 16_000}, "turn_detection": None}
    update = {"type": "session.update", "session": {"type": "transcription", "audio": {"input": audio_input}}}
    return socket(
        f"{WS}/v1/realtime", audio, clock, [json.dumps(update)],
        lambda part: json.dumps(
            {"type": "input_audio_buffer.append", "audio": base64.b64encode(part).decode()}),
        '{"type":"input_audio_buffer.commit"}', read)


def transcription(message):
    """What FreeSWITCH's modules and jambonz get."""
    assert message["type"] == "transcription", message
    parts = message.get("data", message)
    text = parts["alternatives"][0]["transcript"]
    return ("", text, False) if parts["is_final"] else (text, "", False)


def freeswitch(audio, clock):
    return socket(
        f"{WS}/v1/fork?sample_rate=16000&interim_results=true", audio, clock, [], bytes, b"", transcription)


def jambonz(audio, clock):
    start = {"type": "start", "encoding": "LINEAR16", "sampleRateHz": 16_000, "interimResults": True, "options": {}}
    return socket(f"{WS}/v1/jambonz", audio, clock, [json.dumps(start)], bytes, '{"type":"stop"}', transcription)


async def wyoming(audio, clock):
    form = {"rate": 16_000, "width": 2, "channels": 1}
    async with AsyncClient.from_uri(f"tcp://{READY['wyoming']}") as client:
        async def send():
            await client.write_event(AudioStart(**form).event())
            async for part in clock.blocks(audio):
                await client.write_event(AudioChunk(audio=part, **form).event())
            await client.write_event(AudioStop().event())

        sending = asyncio.create_task(send())
        while (event := await client.read_event()) is not None:
            assert event.type != "error", event
            clock.note((event.data or {}).get("text"))
            if Transcript.is_type(event.type):
                await sending
                return event.data["text"]
    raise AssertionError("no transcript")


async def call_text(name, clock):
    """What a reader of the call gets: the text of Asterisk's protocols leaves by another connection."""
    finals = []
    async with connect(f"{WS}/v1/calls/{name}", max_size=None) as ws:
        async for message in ws:
            message = json.loads(message)
            clock.note(message.get("text"))
            if message["type"] == "final" and message["text"]:
                finals.append(message["text"])
    return " ".join(finals)


async def audiosocket(audio, clock):
    name = uuid.uuid4()
    reading = asyncio.create_task(call_text(name, clock))
    host, port = READY["audiosocket"].rsplit(":", 1)
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"\x01\x00\x10" + name.bytes)
    async for part in clock.blocks(audio):
        writer.write(b"\x12" + len(part).to_bytes(2, "big") + part)
        await writer.drain()
    writer.write(b"\x00\x00\x00")
    text = await reading
    writer.close()
    return text


async def asterisk(audio, clock):
    name = uuid.uuid4()
    reading = asyncio.create_task(call_text(name, clock))
    async with connect(f"{WS}/v1/asterisk?call_id={name}") as ws:
        await ws.send("MEDIA_START channel_id:c-1 format:slin16")
        async for part in clock.blocks(audio):
            await ws.send(part)
    return await reading


def openai(path):
    form = {"model": "any", "stream": "true"}
    answer = requests.post(
        f"{HTTP}/v1/audio/transcriptions", data=form, files={"file": ("a.wav", path.read_bytes())}, timeout=300)
    events = [line[6:] for line in answer.content.decode().split("\n\n") if line.startswith("data: {")]
    return json.loads(events[-1])["text"]


LIVE = {
    "gigastt 1.0": giga("1.0"), "gigastt 1.2": giga("1.2"), "vosk": vosk, "deepgram": deepgram, "wyoming": wyoming,
    "realtime": realtime, "freeswitch": freeswitch, "jambonz": jambonz, "audiosocket": audiosocket, "asterisk": asterisk,
}
# What the first text of protocols is compared with that send committed text only: after some words, and after the utterance.
COMMITTED = {"gigastt 1.2, committed": giga("1.2", "auto"), "gigastt 1.2, final": giga("1.2", "final")}
# Of one utterance each, so that a turn that the client ends is cut as a file is, and without numbers, which not all write as
# digits. Previews and finals read the same words in them.
NAMES = ["06", "09"]


def processor_seconds():
    """What the threads of the server have used since their starts."""
    total = 0
    for path in pathlib.Path(f"/proc/{sys.argv[5]}/task").glob("*/schedstat"):
        total += int(path.read_text(encoding="ascii").split()[0])
    return total / 1e9


async def cost(kind, audio):
    """Processor seconds of a session."""
    before = processor_seconds()
    await asyncio.gather(*(LIVE[kind](audio, Clock(True)) for _ in range(TALKERS)))
    return (processor_seconds() - before) / TALKERS


async def costs(audio):
    """For each protocol the processor seconds of a session of 1.0 and what its own take more, as medians of the rounds."""
    measured = {kind: [] for kind in COMPARED or LIVE if kind != "gigastt 1.0"}
    for _ in range(ROUNDS):
        for kind, pairs in measured.items():
            order = ["gigastt 1.0", kind, kind, "gigastt 1.0"]
            first, second, third, last = [await cost(each, audio) for each in order]
            pairs.append(((first + last) / 2, (second + third - first - last) / 2))
    return {kind: [statistics.median(values) for values in zip(*pairs)] for kind, pairs in measured.items()}


async def main():
    paths = {name: recording(name) for name in NAMES}
    audio = {name: samples(path) for name, path in paths.items()}
    expected = {}
    for name, path in paths.items():
        answer = requests.post(f"{HTTP}/v1/transcribe?format=txt", data=path.read_bytes(), timeout=300)
        expected[name] = answer.text.strip()
        assert expected[name], name

    async def one(index):
        kind = [*LIVE, "openai"][index % (len(LIVE) + 1)]
        name = NAMES[index // (len(LIVE) + 1) % len(NAMES)]
        if kind == "openai":
            text = await asyncio.to_thread(openai, paths[name])
        else:
            text = await asyncio.wait_for(LIVE[kind](audio[name], Clock(False)), 300)
        assert text == expected[name], (kind, name, text, expected[name])
        return len(text.split())

    start = time.monotonic()
    words = sum(await asyncio.gather(*map(one, range(COUNT))))
    summary = f"{COUNT} sessions, {words} words as in the files in {time.monotonic() - start:.1f} s"
    medians = {}
    for kind, session in (LIVE | COMMITTED).items():
        firsts = []
        for _ in range(PACED):
            clock = Clock(True)
            await session(samples(recording("07")), clock)
            firsts.append(clock.first)
        if firsts:
            medians[kind] = statistics.median(firsts)
            print(f"first text of {kind}: {medians[kind] * 1_000:.0f} ms")
    if ROUNDS:
        spoken = samples(recording("07"))[:COST_BYTES]
        speech, silence = await costs(spoken), await costs(bytes(len(spoken)))
        for kind, (base, more) in speech.items():
            rest, added = silence[kind]
            print(
                f"processor time of {kind} against 1.0: speech {base * 1_000:.1f} {more * 1_000:+.2f} ms a session "
                f"({more / base:+.1%}), silence {rest * 1_000:.1f} {added * 1_000:+.2f} ms ({added / base:+.1%} of speech)")
    print(summary)


asyncio.run(main())
