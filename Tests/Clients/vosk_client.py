"""The client of the package `vosk` (`vosk-transcriber --server`), and the loop of vosk-server's samples.

usage: vosk_client.py ADDRESS
"""

import asyncio
import json
import sys
import types

from vosk.transcriber.transcriber import Transcriber
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from serving import recording, samples

URL = f"ws://{sys.argv[1]}"
AUDIO = samples(recording("12"))


async def sample(config, block=6_400, end='{"eof" : 1}'):
    """websocket/test.py of vosk-server: a reply is read for each block."""
    replies = []
    async with connect(URL) as websocket:
        await websocket.send(config)
        for start in range(0, len(AUDIO), block):
            await websocket.send(AUDIO[start : start + block])
            replies.append(json.loads(await websocket.recv()))
        await websocket.send(end)
        replies.append(json.loads(await websocket.recv()))
        if "eof" in end:
            try:
                raise AssertionError(await websocket.recv())
            except ConnectionClosed as closed:
                assert closed.rcvd.code == 1000, closed
    return replies


async def packaged():
    """The package's own client; a file stands for the output of ffmpeg."""
    reader = asyncio.StreamReader()
    reader.feed_data(AUDIO)
    reader.feed_eof()
    # The constructor would load a model, which a client of a server does not need.
    transcriber = Transcriber.__new__(Transcriber)
    transcriber.args = types.SimpleNamespace(server=URL, output_type="txt")
    results, byte_count = await transcriber.recognize_stream_server(types.SimpleNamespace(stdout=reader))
    assert byte_count == len(AUDIO), byte_count
    return " ".join(transcriber.format_result(results).split())


async def main():
    text = await packaged()
    assert len(text.split()) > 10, text
    plain = '{ "config" : { "sample_rate" : 16000 } }'
    replies = await sample(plain)
    results = [reply for reply in replies if "partial" not in reply]
    assert " ".join(reply["text"] for reply in results if reply["text"]) == text, results
    words = [word for reply in results for word in reply.get("result", [])]
    assert " ".join(word["word"] for word in words) == text, words
    assert all(0 <= word["conf"] <= 1 and word["start"] <= word["end"] for word in words), words
    assert all(first["start"] <= second["start"] for first, second in zip(words, words[1:])), words
    # websocket/test_words.py and test_alternatives.py
    bare = await sample('{"config" : { "phrase_list" : ["да нет"], "sample_rate" : 16000, "words" : 0}}')
    assert all(list(reply) in (["partial"], ["text"]) for reply in bare), bare
    many = await sample('{"config" : { "max_alternatives" : 20, "sample_rate" : 16000 } }')
    best = [reply["alternatives"][0]["text"] for reply in many if "alternatives" in reply]
    assert " ".join(part for part in best if part) == text, best
    # Blocks of another size, and `reset` instead of the end.
    other = await sample(plain, block=1_000, end='{"reset" : 1}')
    parts = [reply["text"] for reply in other if reply.get("text")]
    assert " ".join(parts) == text, parts
    print(f"{len(words)} words by two clients")


asyncio.run(main())
