"""OpenAI's own Python library in transcription sessions of `/v1/realtime`, synchronous and asynchronous.

usage: realtime_client.py PORT
"""

import asyncio
import base64
import sys

import openai
import requests

from serving import recording, samples

PORT = sys.argv[1]
BASE = f"http://127.0.0.1:{PORT}/v1"
AUDIO = samples(recording("12"))
BLOCKS = [base64.b64encode(AUDIO[start : start + 3_200]).decode() for start in range(0, len(AUDIO), 3_200)]
EXPECTED = requests.post(f"http://127.0.0.1:{PORT}/v1/transcribe?format=txt", data=recording("12").read_bytes(), timeout=60).text


def session(turns):
    """The demo recordings have 16 kHz, which the session may say."""
    return {
        "type": "transcription",
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": 16_000}, "turn_detection": turns,
                "transcription": {"model": "gpt-4o-transcribe", "language": "ru"},
            }
        },
    }


class Turns:
    """What the events of a session say, item by item."""

    def __init__(self):
        self.deltas, self.transcripts, self.kinds = {}, {}, []

    def take(self, event):
        self.kinds.append(event.type)
        if event.type == "conversation.item.input_audio_transcription.delta":
            assert event.item_id not in self.transcripts, event
            self.deltas[event.item_id] = self.deltas.get(event.item_id, "") + event.delta
        if event.type == "conversation.item.input_audio_transcription.completed":
            self.transcripts[event.item_id] = event.transcript
            assert self.deltas.get(event.item_id, "") == event.transcript, (self.deltas, event)
            assert event.usage.type == "duration", event

    @property
    def text(self):
        return " ".join(text for text in self.transcripts.values() if text)


def synchronous():
    """The client ends the only turn."""
    client = openai.OpenAI(base_url=BASE, api_key="unused")
    turns = Turns()
    with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        first = connection.recv()
        assert first.type == "session.created" and first.session.type == "transcription", first
        connection.session.update(session=session(None))
        assert connection.recv().type == "session.updated"
        for block in BLOCKS:
            connection.input_audio_buffer.append(audio=block)
        connection.input_audio_buffer.commit()
        while not turns.transcripts:
            turns.take(connection.recv())
        connection.input_audio_buffer.commit()
        error = connection.recv()
        while error.type == "conversation.item.done":
            error = connection.recv()
        assert error.type == "error" and error.error.code == "input_audio_buffer_commit_empty", error
    return turns


async def asynchronous():
    """The server finds the turns."""
    client = openai.AsyncOpenAI(base_url=BASE, api_key="unused")
    turns = Turns()
    async with client.realtime.connect(extra_query={"intent": "transcription"}) as connection:
        await connection.session.update(session=session({"type": "server_vad", "silence_duration_ms": 500}))
        for block in BLOCKS:
            await connection.input_audio_buffer.append(audio=block)
        await connection.input_audio_buffer.append(audio=base64.b64encode(bytes(64_000)).decode())
        async with asyncio.timeout(60):
            async for event in connection:
                turns.take(event)
                if len(turns.text.replace(" ", "")) >= len(EXPECTED.replace(" ", "").strip()):
                    break
    order = ["speech_started", "speech_stopped", "committed"]
    seen = [kind.split(".")[-1] for kind in turns.kinds if kind.split(".")[-1] in order]
    assert seen[:3] == order, seen
    return turns


def main():
    committed, found = synchronous(), asyncio.run(asynchronous())
    assert len(committed.transcripts) == 1 and len(committed.text.split()) > 10, committed.transcripts
    assert len(found.transcripts) > 2 and found.text == EXPECTED.strip(), (found.transcripts, EXPECTED)
    secret = openai.OpenAI(base_url=BASE, api_key="unused").realtime.client_secrets.create(
        expires_after={"anchor": "created_at", "seconds": 60}, session=session(None))
    assert secret.value.startswith("ek_") and secret.session.type == "transcription", secret
    print(f"{len(found.transcripts)} turns, {sum(len(text) > 0 for text in found.deltas.values())} with deltas")


main()
