"""A stranger's client: the Python library `websockets` against a running server.

usage: stranger.py PORT RECORDING.wav EXPECTED_TEXT
"""

import asyncio
import json
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

URL = f"ws://127.0.0.1:{sys.argv[1]}/v1/ws"
AUDIO = open(sys.argv[2], "rb").read()[44:]
EXPECTED = sys.argv[3]


async def session(frames):
    """The finals of a session, and how it was closed."""
    finals = []
    async with connect(URL) as ws:
        ready = json.loads(await ws.recv())
        assert ready["type"] == "ready" and ready["sample_rate"] == 48000, ready
        await ws.send(json.dumps({"type": "configure", "sample_rate": 16000, "protocol_version": "1.0"}))
        for frame in frames:
            await ws.send(frame)
        await ws.send(json.dumps({"type": "stop"}))
        try:
            while True:
                message = json.loads(await asyncio.wait_for(ws.recv(), 30))
                if message["type"] == "final":
                    finals.append(message)
        except ConnectionClosed as closed:
            return finals, closed.rcvd.code, closed.rcvd.reason


async def main():
    blocks = [AUDIO[i : i + 3200] for i in range(0, len(AUDIO), 3200)]
    for frames in (blocks, [AUDIO], [blocks]):  # small messages, one message, one message in fragments
        finals, code, _ = await session(frames)
        assert code == 1000, code
        assert " ".join(f["text"] for f in finals if f["text"]) == EXPECTED, finals
        assert finals[-1]["endpoint_reason"] == "stop", finals[-1]
    async with connect(URL) as ws:
        await ws.recv()
        await asyncio.wait_for(await ws.ping(b"abc"), 5)
        try:
            await ws.send(b"\0" * 600 * 1024)
            await asyncio.wait_for(ws.recv(), 5)
        except ConnectionClosed as closed:
            assert closed.rcvd and closed.rcvd.code == 1009, closed
    try:
        await connect(URL, origin="https://evil.example")
        raise AssertionError("a page of another origin got in")
    except InvalidStatus as refused:
        assert refused.response.status_code == 403, refused
    # Many at once, each with something to say.
    results = await asyncio.gather(*(session(blocks[:10]) for _ in range(20)))
    assert all(code == 1000 and len(finals) >= 1 for finals, code, _ in results), results


asyncio.run(main())
print("ok")
