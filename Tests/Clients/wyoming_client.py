"""The client of the package `wyoming`, used as Home Assistant and the package's own HTTP server use it.

usage: wyoming_client.py ADDRESS EXPECTED_TEXT
"""

import asyncio
import io
import sys
import wave
import xml.etree.ElementTree

from wyoming.asr import Transcribe, Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.audio import AudioChunk, AudioChunkConverter, AudioStart, AudioStop, wav_to_chunks
from wyoming.client import AsyncClient
from wyoming.error import Error
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong

from serving import ROOT, recording

URI = f"tcp://{sys.argv[1]}"
EXPECTED = sys.argv[2]
PATH = recording("07")


async def read(client, kind):
    """The next event of a kind; others are passed over, as Home Assistant does."""
    while (event := await client.read_event()) is not None:
        assert not Error.is_type(event.type), event
        if kind.is_type(event.type):
            return kind.from_event(event)
    raise AssertionError(f"the connection ended without {kind.__name__}")


async def describe():
    async with AsyncClient.from_uri(URI) as client:
        await client.write_event(Ping(text="a").event())
        assert (await read(client, Pong)).text == "a"
        await client.write_event(Describe().event())
        info = await read(client, Info)
    program = info.asr[0]
    assert program.installed and program.supports_transcript_streaming, program
    assert [model.languages for model in program.models if model.installed] == [["ru"]], program


async def transcript(chunks):
    """The text of one recording; the events around it are checked."""
    async with AsyncClient.from_uri(URI) as client:
        await client.write_event(Transcribe(language="ru", transcript_names=["Алиса"]).event())
        for chunk in chunks:
            await client.write_event(chunk.event())
        events = []
        while (event := await client.read_event()) is not None:
            assert not Error.is_type(event.type), event
            events.append(event)
    types = [event.type for event in events]
    assert TranscriptStart.is_type(types[0]) and TranscriptStop.is_type(types[-1]), types
    whole = Transcript.from_event(events[-2])
    parts = [TranscriptChunk.from_event(event).text for event in events[1:-2]]
    assert "".join(parts) == whole.text and whole.language == "ru", (parts, whole)
    return whole.text


def chunks(content, samples=1_024):
    with wave.open(io.BytesIO(content)) as file:
        yield from wav_to_chunks(file, samples, start_event=True, stop_event=True)


def converted(parts, rate, width, channels):
    """The same audio in another format, by the package's own converter."""
    converter = AudioChunkConverter(rate=rate, width=width, channels=channels)
    for part in parts:
        if isinstance(part, AudioChunk):
            part = converter.convert(part)
        elif isinstance(part, AudioStart):
            part = AudioStart(rate=rate, width=width, channels=channels)
        yield part


async def main():
    await describe()
    content = PATH.read_bytes()
    assert await transcript(chunks(content)) == EXPECTED
    assert await transcript(chunks(content, samples=16_000)) == EXPECTED
    # Exactly the same samples in other words: nothing may change.
    for width, channels in ((4, 1), (2, 2), (4, 2)):
        text = await transcript(converted(chunks(content), 16_000, width, channels))
        assert text == EXPECTED, (width, channels, text)
    assert await transcript([AudioStop()]) == ""
    # Another rate is resampled by the client's simple converter, so a few letters may differ.
    assert await transcript(converted(chunks(content), 48_000, 2, 1))

    group = xml.etree.ElementTree.parse(ROOT / "Deploy/avahi-wyoming.service").getroot()
    assert group.find("service/type").text == "_wyoming._tcp", group
    assert group.find("service/port").text == "10300", group
    print(f"{len(EXPECTED.split())} words in 6 formats")


asyncio.run(main())
