"""The client of Python/, blocking and for asyncio, against a server; and its types.

usage: python_client.py PROGRAM
"""

import asyncio
import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading

import requests

from serving import ROOT, Serving, recording, samples

sys.path.insert(0, str(ROOT / "Python/src"))

import gigastt_client as gigastt  # noqa: E402

SPEECH = recording("08")
PAUSES = recording("12")
BLOCK = 3200


class BreakingProxy:
    """Passes one connection after the other on to a port; each is cut when so many bytes have gone to the server."""

    def __init__(self, target, *limits):
        self.target, self.limits = target, limits
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        for limit in self.limits:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self.copy, args=(server, client, None), daemon=True).start()
            self.copy(client, server, limit)

    def copy(self, source, target, limit):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 14):
                target.sendall(data)
                if limit is not None:
                    limit -= len(data)
                    if limit < 0:
                        break
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def rest(server, path, *, query=""):
    """What the server says to another client."""
    return requests.post(f"{server.url}/v1/transcribe?{query}", data=path.read_bytes(), timeout=60)


def blocks(path):
    audio = samples(path)
    return [audio[start:start + BLOCK] for start in range(0, len(audio), BLOCK)]


def finals(events):
    return " ".join(event["text"] for event in events if event["type"] == "final" and event["text"])


def raises(kind, call, **fields):
    """The call raises that error with those fields."""
    try:
        call()
    except kind as error:
        assert {name: getattr(error, name) for name in fields} == fields, (error, vars(error), fields)
        return error
    raise AssertionError(f"no {kind.__name__}")


async def raises_async(kind, call, **fields):
    try:
        await call
    except kind as error:
        assert {name: getattr(error, name) for name in fields} == fields, (error, vars(error), fields)
        return error
    raise AssertionError(f"no {kind.__name__}")


def check_recordings(server):
    expected = rest(server, SPEECH, query="itn=false&spans=true").json()
    with gigastt.Client(server.url) as client:
        for given in (SPEECH, str(SPEECH), SPEECH.read_bytes(), SPEECH.open("rb")):
            assert client.transcribe(given, itn=False, spans=True) == expected, given
        hot = client.transcribe(SPEECH, hotwords=["четыреста метров", "поверните"], hotwords_boost=2.5)
        assert hot["text"] == rest(
            server, SPEECH, query="hotwords=четыреста метров,поверните&hotwords_boost=2.5").json()["text"]
        for name in ("txt", "srt", "md"):
            assert client.transcribe_to(name, SPEECH, max_words_per_line=3) == rest(
                server, SPEECH, query=f"format={name}&max_words_per_line=3").text
        events = list(client.transcribe_events(PAUSES))
        assert len(events) > 1 and finals(events) == rest(server, PAUSES).json()["text"], events
        previews = [event for event in client.transcribe_events(PAUSES, partials=True) if event["type"] == "partial"]
        assert previews and all(event["committed"] + event["tentative"] == event["text"] for event in previews), previews
        # Errors with their fields.
        raises(gigastt.Conflict, lambda: client.transcribe(SPEECH, vad=True), status=409, code="vad_not_loaded")
        raises(gigastt.InvalidRequest, lambda: client.transcribe(b"no audio"), status=422, code="transcription_error")
        raises(gigastt.InvalidRequest, lambda: list(client.transcribe_events(b"no audio")), status=422)
        raises(FileNotFoundError, lambda: client.transcribe("/nonexistent/speech.wav"))
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with gigastt.Client(f"http://127.0.0.1:{port}") as client:
        raises(gigastt.ConnectionLost, lambda: client.transcribe(SPEECH))
        raises(gigastt.ConnectionLost, lambda: list(client.listen([])))


def check_live(server):
    expected = rest(server, PAUSES).json()["text"]
    with gigastt.Client(server.url) as client:
        events = list(client.listen(blocks(PAUSES), sample_rate=16000, commit_policy="on_finalize"))
        assert finals(events) == expected, (finals(events), expected)
        assert {event["type"] for event in events} == {"partial", "final"}
        # Protocol 1.2: later texts keep what was committed.
        committed = ""
        for event in client.listen(blocks(PAUSES), sample_rate=16000):
            assert event["text"].startswith(committed) and event["committed"] + event["tentative"] == event["text"], event
            committed = "" if event["type"] == "final" else event["committed"]
        with client.live(sample_rate=16000, speech_events=True) as session:
            assert session.ready["version"] == "1.2" and 16000 in session.ready["supported_rates"]
            session.send(blocks(PAUSES)[0])
            session.marker("раз")
            assert next(event for event in session if event["type"] == "marker") == {"type": "marker", "id": "раз"}
            session.stop()
            list(session)
            raises(gigastt.SessionClosed, lambda: session.send(b"\0\0"), close_code=1000)
        raises(gigastt.InvalidRequest, lambda: list(client.listen([], sample_rate=16001)), code="invalid_sample_rate")
        # What the audio raises comes out.
        raises(ZeroDivisionError, lambda: list(client.listen((bytes(1 // zero) for zero in [0]), sample_rate=16000)))
    # A connection that breaks in the middle of a session.
    with gigastt.Client(BreakingProxy(server.port, 100_000).url) as client:
        raises(gigastt.ConnectionLost, lambda: list(client.listen(blocks(PAUSES), sample_rate=16000)))
    # A session that goes on over other connections.
    with gigastt.Client(BreakingProxy(server.port, 100_000, 50_000, None).url) as client:
        events = list(client.listen(blocks(PAUSES), sample_rate=16000, commit_policy="on_finalize", resume=True))
        assert finals(events) == expected, (finals(events), expected)
        assert {event["type"] for event in events} == {"partial", "final"}
    # And in the middle of an upload.
    with gigastt.Client(BreakingProxy(server.port, 50_000).url) as client:
        raises(gigastt.ConnectionLost, lambda: client.transcribe(recording("10")))


def check_jobs(server):
    expected = rest(server, SPEECH, query="segments=true").json()
    with gigastt.Client(server.url) as client:
        first = client.submit(SPEECH, segments=True, priority="high", idempotency_key="one")
        assert client.submit(SPEECH, segments=True, priority="high", idempotency_key="one")["job_id"] == first["job_id"]
        assert client.wait(first["job_id"]) == expected == client.result(first["job_id"])
        assert client.job(first["job_id"])["status"] == "done"
        assert [job["job_id"] for job in client.jobs(status="done")] == [first["job_id"]]
        raises(gigastt.Conflict, lambda: client.cancel(first["job_id"]), status=409, code="job_not_cancellable")
        broken = client.submit(b"no audio")["job_id"]
        raises(gigastt.JobFailed, lambda: client.wait(broken), job_id=broken, status="failed")
        long = client.submit(recording("10"))["job_id"]
        client.cancel(long)
        raises(gigastt.JobFailed, lambda: client.wait(long), job_id=long, status="cancelled")
        # More jobs than a page of the server has.
        more = {client.submit(b"no audio")["job_id"] for _ in range(51)}
        listed = [job["job_id"] for job in client.jobs()]
        assert len(listed) == len(set(listed)) and set(listed) == more | {first["job_id"], broken, long}
        for job_id in listed:
            client.erase(job_id)
        assert not list(client.jobs())
        raises(gigastt.NotFound, lambda: client.job(first["job_id"]), status=404, code="job_not_found")


async def check_async(server):
    expected = rest(server, PAUSES).json()
    async with gigastt.AsyncClient(server.url) as client:
        given = (PAUSES, PAUSES.read_bytes(), PAUSES.open("rb"))
        assert await asyncio.gather(*map(client.transcribe, given)) == [expected] * 3
        assert await client.transcribe_to("vtt", PAUSES) == rest(server, PAUSES, query="format=vtt").text
        assert finals([event async for event in client.transcribe_events(PAUSES)]) == expected["text"]

        async def microphone():
            for block in blocks(PAUSES):
                yield block

        for audio in (microphone(), blocks(PAUSES)):
            live = [event async for event in client.listen(audio, sample_rate=16000, commit_policy="on_finalize")]
            assert finals(live) == expected["text"], finals(live)
        job = (await client.submit(PAUSES))["job_id"]
        assert (await client.wait(job)) == expected == await client.result(job)
        assert [entry["job_id"] async for entry in client.jobs()] == [job]
        await raises_async(gigastt.Conflict, client.cancel(job), status=409, code="job_not_cancellable")
        await client.erase(job)
        await raises_async(gigastt.NotFound, client.job(job), code="job_not_found")
        await raises_async(gigastt.Conflict, client.transcribe(SPEECH, vad=True), status=409, code="vad_not_loaded")
        await check_cancellation(client)

        def broken():
            yield blocks(PAUSES)[0]
            raise ZeroDivisionError

        await raises_async(ZeroDivisionError, drain(client.listen(broken(), sample_rate=16000)))
    async with gigastt.AsyncClient(BreakingProxy(server.port, 100_000).url) as client:
        await raises_async(gigastt.ConnectionLost, drain(client.listen(blocks(PAUSES), sample_rate=16000)))
    async with gigastt.AsyncClient(BreakingProxy(server.port, 100_000, 50_000, None).url) as client:
        options = {"sample_rate": 16000, "commit_policy": "on_finalize", "resume": True}
        assert finals([event async for event in client.listen(blocks(PAUSES), **options)]) == expected["text"]


async def drain(events):
    async for _ in events:
        pass


async def check_cancellation(client):
    """A cancelled session and a cancelled upload end at once, and the client remains usable."""
    begun = asyncio.Event()

    async def endless():
        yield blocks(PAUSES)[0]
        begun.set()
        await asyncio.Event().wait()

    listening = asyncio.ensure_future(drain(client.listen(endless(), sample_rate=16000)))
    transcribing = asyncio.ensure_future(client.transcribe(recording("10")))
    await asyncio.wait_for(begun.wait(), 30)
    for task in (listening, transcribing):
        task.cancel()
        await raises_async(asyncio.CancelledError, asyncio.wait_for(task, 30))
    assert (await client.transcribe(SPEECH))["text"]


def check_refusals(program):
    """A server with keys and room for one session."""
    with tempfile.TemporaryDirectory() as folder:
        keys = pathlib.Path(folder) / "keys"
        keys.write_text(f"test transcribe {KEY}\n")
        keys.chmod(0o600)
        arguments = ["--api-key-file", str(keys), "--max-sessions", "1", "--pool-checkout-timeout-secs", "1"]
        with Serving(program, *arguments) as server:
            with gigastt.Client(server.url) as stranger:
                raises(gigastt.Unauthorized, lambda: stranger.transcribe(SPEECH), status=401, code="unauthorized")
                raises(gigastt.Unauthorized, lambda: list(stranger.listen([])), status=401, code="unauthorized")
            with gigastt.Client(server.url, key=KEY) as client, client.live(sample_rate=16000) as session:
                busy = raises(gigastt.Busy, lambda: list(client.listen([])), code="timeout")
                assert busy.retry_after is not None and busy.retry_after > 0, vars(busy)
                session.stop()
                list(session)
                assert client.transcribe(SPEECH)["text"]


def check_shutdown(program):
    """A server that ends in the middle of a session: the last final, then an error."""
    server = Serving(program)
    with server, gigastt.Client(server.url) as client, client.live(sample_rate=16000) as session:
        for block in blocks(SPEECH):
            session.send(block)
        assert next(session)["type"] == "partial"
        server.process.terminate()
        events = []
        raises(gigastt.SessionClosed, lambda: events.extend(iter(session.__next__, None)), close_code=1001)
        assert events[-1]["type"] == "final" and events[-1]["truncated"], events
        # A second signal would end it at once.
        server.process.wait(30)


KEY = "k" * 40


def check_types():
    """The client, and a program that uses it, under `mypy --strict`."""
    with tempfile.TemporaryDirectory() as folder:
        user = pathlib.Path(folder) / "user.py"
        user.write_text(
            "from gigastt_client import Client\n\n"
            "with Client() as client:\n"
            "    reveal_type(client.transcribe('a.wav', itn=True)['words'][0]['start'])\n"
            "    client.transcribe('a.wav', itn='yes')\n")
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--cache-dir", folder, str(user)], capture_output=True, text=True,
            env=os.environ | {"MYPYPATH": str(ROOT / "Python/src")}, cwd=folder)
        assert 'Revealed type is "float"' in done.stdout.replace("builtins.", ""), done.stdout + done.stderr
        assert "[arg-type]" in done.stdout and "Found 1 error" in done.stdout, done.stdout
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--cache-dir", folder], cwd=ROOT / "Python", capture_output=True,
            text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def main():
    program = sys.argv[1]
    check_types()
    with tempfile.TemporaryDirectory() as folder, Serving(program, "--enable-jobs", "--jobs-dir", f"{folder}/jobs") as server:
        for check in (check_recordings, check_live, check_jobs):
            check(server)
        asyncio.run(check_async(server))
    check_refusals(program)
    check_shutdown(program)
    print("recordings, live speech, jobs and errors, blocking and with asyncio; types")


main()
