"""Calls as Asterisk's AudioSocket sends them, written from the description of the protocol, and readers of their texts.

usage: audiosocket_client.py ADDRESS PORT EXPECTED_TEXT
"""

import asyncio
import audioop
import json
import struct
import sys
import uuid

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from serving import recording, samples

HOST, PORT = sys.argv[1].rsplit(":", 1)
MAIN, EXPECTED = sys.argv[2], sys.argv[3]
RATES = {0x10: 8_000, 0x11: 12_000, 0x12: 16_000, 0x13: 24_000, 0x14: 32_000, 0x15: 44_100, 0x16: 48_000,
         0x17: 96_000, 0x18: 192_000}
AUDIO = samples(recording("07"))


def frame(kind, payload=b""):
    return struct.pack(">BH", kind, len(payload)) + payload


async def call(identifier, kind, hangs_up):
    """One call in frames of 20 ms; what the server sends is returned."""
    reader, writer = await asyncio.open_connection(HOST, int(PORT))
    audio, _ = audioop.ratecv(AUDIO, 2, 1, 16_000, RATES[kind], None)
    block = RATES[kind] // 50 * 2
    writer.write(frame(0x01, identifier.bytes) + frame(0x03, b"5"))
    for start in range(0, len(audio), block):
        writer.write(frame(kind, audio[start : start + block]))
        await writer.drain()
    if hangs_up:
        writer.write(frame(0x00))
    writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 60)
    writer.close()
    return answer


async def text(identifier):
    """The text of a call as a reader gets it."""
    finals, kinds = [], []
    async with connect(f"ws://127.0.0.1:{MAIN}/v1/calls/{identifier}") as ws:
        try:
            while True:
                message = json.loads(await asyncio.wait_for(ws.recv(), 60))
                kinds.append(message["type"])
                if message["type"] == "final" and message["text"]:
                    finals.append(message["text"])
        except ConnectionClosed as closed:
            assert closed.rcvd and closed.rcvd.code == 1000, closed
    assert kinds[0] == "ready" and kinds[-1] == "final", kinds
    return " ".join(finals)


async def main():
    texts = {}
    for kind, rate in RATES.items():
        identifier = uuid.uuid4()
        early = asyncio.create_task(text(identifier))
        assert await call(identifier, kind, hangs_up=kind % 2 == 0) == b"", rate
        texts[rate] = await early
        assert await text(identifier) == texts[rate], rate
    assert texts[16_000] == EXPECTED, texts
    # The simple converter of this client changes the sound of the other rates, so a few letters may differ.
    assert all(texts.values()), texts
    reader, writer = await asyncio.open_connection(HOST, int(PORT))
    writer.write(frame(0x10, bytes(320)))
    assert await asyncio.wait_for(reader.read(), 10) == frame(0xFF)
    writer.close()
    print(f"{len(texts)} rates, {len(EXPECTED.split())} words")


asyncio.run(main())
