"""The Python library `requests`: uploads, server-sent events, connections that stay.

usage: requests_client.py URL
"""

import json
import sys

import requests

from serving import recording

URL = sys.argv[1]


def finals(answer):
    """The objects of an event stream, read as they come."""
    for line in answer.iter_lines():
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


def parts(data, size=4_096):
    for start in range(0, len(data), size):
        yield data[start : start + size]


audio = recording("11").read_bytes()
with requests.Session() as session:
    whole = session.post(f"{URL}/v1/transcribe", params={"segments": "true", "spans": "true"}, data=audio, timeout=60)
    assert whole.status_code == 200 and whole.headers["content-type"] == "application/json", whole.headers
    transcript = whole.json()
    assert transcript["text"] == " ".join(span["text"] for span in transcript["spans"]), transcript
    spoken = [index for span in transcript["spans"] for index in span["words"]]
    assert spoken == list(range(len(transcript["words"]))), transcript
    assert 18 < transcript["duration"] < 19 and len(transcript["segments"]) >= 1, transcript

    # The same in parts of a body without length.
    chunked = session.post(f"{URL}/v1/transcribe?format=txt", data=parts(audio), timeout=60)
    assert chunked.text == transcript["text"], chunked.text
    assert chunked.headers["content-type"] == "text/plain; charset=utf-8", chunked.headers

    with session.post(f"{URL}/v1/transcribe/stream", data=audio, stream=True, timeout=60) as stream:
        assert stream.headers["content-type"] == "text/event-stream", stream.headers
        texts = [event["text"] for event in finals(stream)]
    assert " ".join(texts) == transcript["text"] and len(texts) > 3, texts

    saved = session.post(f"{URL}/v1/transcribe", params={"format": "srt", "download": "речь.srt"}, data=audio, timeout=60)
    assert "filename*=UTF-8''%D1%80%D0%B5%D1%87%D1%8C.srt" in saved.headers["content-disposition"], saved.headers
    assert saved.content.startswith(b"1\n00:00:00,"), saved.text

    # Whatever goes wrong, the next request finds the connection in order.
    for data, status, code in [(b"", 400, "empty_body"), (b"no audio at all" * 99, 422, "transcription_error")]:
        wrong = session.post(f"{URL}/v1/transcribe", data=data, timeout=60)
        assert (wrong.status_code, wrong.json()["code"]) == (status, code), wrong.text
        assert wrong.headers["x-content-type-options"] == "nosniff", wrong.headers
        again = session.get(f"{URL}/health", headers={"x-request-id": "mine"}, timeout=10)
        assert again.json()["status"] == "ok" and again.headers["x-request-id"] == "mine", again.headers

    # One connection for all of it: urllib3 counts those that it opened.
    pools = session.get_adapter(URL).poolmanager.pools
    (pool,) = [pools[key] for key in pools.keys()]
    assert pool.num_connections == 1, pool.num_connections
    print(f"{pool.num_requests} requests over one connection")
