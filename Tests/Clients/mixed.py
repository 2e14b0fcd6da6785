"""Sessions of all protocols at the same time: each text is that of the file, and each first text comes in time.

usage: mixed.py READY [SESSIONS [PACED [ROUNDS PROCESS]]]

READY is the line of --ready-json. SESSIONS (24) run at the same time, as fast as the server takes them. Then PACED (0)
sessions of each protocol with previews run one by one in real time, and the median time to their first text is printed.
Then in ROUNDS (0) rounds four sessions of each protocol run at the same time in real time, and the processor time that the
server, PROCESS, needs for a session is printed, as the median of the rounds.
"""

import asyncio
import base64
import json
import os
import statistics
import sys
import time

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
TALKERS = 4
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


def giga(version):
    def read(message):
        text = message.get("text", "")
        assert message["type"] != "error", message
        return (text, "", False) if message["type"] == "partial" else ("", text, False)

    configure = {"type": "configure", "sample_rate": 16_000, "protocol_version": version, "commit_policy": "on_finalize"}
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
        await client.write_event(AudioStart(**form).event())
        async for part in clock.blocks(audio):
            await client.write_event(AudioChunk(audio=part, **form).event())
        await client.write_event(AudioStop().event())
        while (event := await client.read_event()) is not None:
            assert event.type != "error", event
            if Transcript.is_type(event.type):
                clock.note(event.data["text"])
                return event.data["text"]
    raise AssertionError("no transcript")


def openai(path):
    form = {"model": "any", "stream": "true"}
    answer = requests.post(
        f"{HTTP}/v1/audio/transcriptions", data=form, files={"file": ("a.wav", path.read_bytes())}, timeout=300)
    events = [line[6:] for line in answer.content.decode().split("\n\n") if line.startswith("data: {")]
    return json.loads(events[-1])["text"]


LIVE = {
    "gigastt 1.0": giga("1.0"), "gigastt 1.2": giga("1.2"), "vosk": vosk, "deepgram": deepgram, "wyoming": wyoming,
    "realtime": realtime, "freeswitch": freeswitch, "jambonz": jambonz,
}
# Of one utterance each, so that a turn that the client ends is cut as a file is, and without numbers, which not all write as
# digits.
NAMES = ["06", "07"]


def processor_seconds():
    """What the server has used since its start, in user and system mode."""
    with open(f"/proc/{sys.argv[5]}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def costs(audio):
    """Processor seconds of a session, by protocol; the rounds alternate, so that the machine's state is that of all."""
    measured = {kind: [] for kind in LIVE}
    for turn in range(ROUNDS):
        for kind in [*LIVE][turn % len(LIVE):] + [*LIVE][:turn % len(LIVE)]:
            before = processor_seconds()
            await asyncio.gather(*(LIVE[kind](audio, Clock(True)) for _ in range(TALKERS)))
            measured[kind].append((processor_seconds() - before) / TALKERS)
    return {kind: statistics.median(seconds) for kind, seconds in measured.items()}


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
    for kind, session in LIVE.items():
        firsts = []
        for _ in range(PACED):
            clock = Clock(True)
            await session(audio["07"], clock)
            firsts.append(clock.first)
        if firsts:
            medians[kind] = statistics.median(firsts)
            print(f"first text of {kind}: {medians[kind] * 1_000:.0f} ms")
    if ROUNDS:
        seconds = await costs(audio["07"])
        for kind, value in seconds.items():
            share = value / seconds["gigastt 1.0"] - 1
            print(f"processor time of {kind}: {value * 1_000:.0f} ms a session, {share:+.1%} against 1.0")
    print(summary)


asyncio.run(main())
