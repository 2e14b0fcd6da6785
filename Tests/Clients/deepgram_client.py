"""Deepgram's own Python library, synchronous and asynchronous: only its addresses are changed.

usage: deepgram_client.py PORT
"""

import asyncio
import audioop
import sys
import threading

from deepgram import AsyncDeepgramClient, DeepgramClient
from deepgram.core.events import EventType
from deepgram.environment import DeepgramClientEnvironment

from serving import recording, samples

PORT = sys.argv[1]
HTTP, WS = f"http://127.0.0.1:{PORT}", f"ws://127.0.0.1:{PORT}"
HERE = DeepgramClientEnvironment(base=HTTP, production=WS, agent=WS, agent_rest=HTTP)
AUDIO = samples(recording("11"))
BLOCKS = [AUDIO[start : start + 3_200] for start in range(0, len(AUDIO), 3_200)]
OPTIONS = {
    "model": "nova-3", "language": "ru", "encoding": "linear16", "sample_rate": 16_000, "interim_results": True,
    "vad_events": True, "utterance_end_ms": 1000, "endpointing": 500,
}


def finals(messages):
    """The text of the final results; also checks what every session ends with."""
    kinds = {message.type for message in messages}
    assert {"Results", "SpeechStarted", "Metadata"} <= kinds, kinds
    last = messages[-1]
    assert last.type == "Metadata" and abs(last.duration - len(AUDIO) / 32_000) < 0.01 and len(last.sha256) == 64, last
    results = [message for message in messages if message.type == "Results"]
    words = [word for result in results if result.is_final for word in result.channel.alternatives[0].words]
    text = " ".join(word.word for word in words)
    texts = [result.channel.alternatives[0].transcript for result in results if result.is_final]
    assert " ".join(part for part in texts if part) == text, texts
    return text


def two_channels():
    """The text of each of two channels; the left one is silent."""
    stereo = audioop.tostereo(AUDIO, 2, 0, 1)
    client = DeepgramClient(api_key="unused", environment=HERE)
    with client.listen.v1.connect(**{**OPTIONS, "channels": 2, "multichannel": True}) as connection:
        messages = []
        connection.on(EventType.MESSAGE, messages.append)
        listening = threading.Thread(target=connection.start_listening)
        listening.start()
        for start in range(0, len(stereo), 6_400):
            connection.send_media(stereo[start : start + 6_400])
        connection.send_close_stream()
        listening.join(60)
        assert not listening.is_alive()
    assert messages[-1].type == "Metadata" and messages[-1].channels == 2, messages[-1]
    results = [message for message in messages if message.type == "Results" and message.is_final]
    assert all(list(result.channel_index) in ([0, 2], [1, 2]) for result in results), results
    texts = [
        [result.channel.alternatives[0].transcript for result in results if result.channel_index[0] == channel]
        for channel in range(2)]
    return [" ".join(part for part in channel if part) for channel in texts]


def synchronous():
    client = DeepgramClient(api_key="unused", environment=HERE)
    with client.listen.v1.connect(**OPTIONS) as connection:
        messages = []
        connection.on(EventType.MESSAGE, messages.append)
        errors = []
        connection.on(EventType.ERROR, errors.append)
        listening = threading.Thread(target=connection.start_listening)
        listening.start()
        for block in BLOCKS:
            connection.send_media(block)
        connection.send_keep_alive()
        connection.send_finalize()
        connection.send_close_stream()
        listening.join(60)
        assert not listening.is_alive() and not errors, errors
    assert any(message.type == "Results" and message.from_finalize for message in messages), messages
    return finals(messages)


async def asynchronous():
    client = AsyncDeepgramClient(api_key="unused", environment=HERE)
    async with client.listen.v1.connect(**OPTIONS) as connection:
        messages = []
        connection.on(EventType.MESSAGE, messages.append)
        listening = asyncio.create_task(connection.start_listening())
        for block in BLOCKS:
            await connection.send_media(block)
        await connection.send_close_stream()
        await asyncio.wait_for(listening, 60)
    answer = await client.listen.v1.media.transcribe_file(
        request=recording("11").read_bytes(), model="nova-3", utterances=True)
    return finals(messages), answer


def main():
    text = synchronous()
    assert len(text.split()) > 20, text
    other, answer = asyncio.run(asynchronous())
    whole = answer.results.channels[0].alternatives[0]
    assert other == text == whole.transcript, (text, other, whole)
    assert " ".join(utterance.transcript for utterance in answer.results.utterances) == text, answer.results
    assert answer.metadata.channels == 1 and answer.metadata.duration > 10, answer.metadata
    same = DeepgramClient(api_key="unused", environment=HERE).listen.v1.media.transcribe_file(
        request=recording("11").read_bytes(), model="nova-3")
    assert same.results.channels[0].alternatives[0].transcript == text, same
    assert two_channels() == ["", text]
    print(f"{len(text.split())} words, live and as a file")


main()
