"""The client for asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import ssl
import time
from types import TracebackType
from typing import AsyncIterable, AsyncIterator, Awaitable, BinaryIO, Callable, Iterable, List, Mapping, Optional, Type, Union, cast

import httpx
from typing_extensions import Unpack
from websockets.exceptions import ConnectionClosed
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from . import _shared
from ._errors import ConnectionLost, GigasttError
from ._resumption import PAUSES, Resumption
from ._types import (
    AcceptedJob, EventOptions, Format, FormatOptions, Job, JobEvent, JobPage, JobStatus, LiveEvent, LiveOptions, Options,
    Priority, Ready, Recording, RecordingEvent, Transcript,
)


class AsyncClient:
    """A client of one server, for use in `async with`; tasks may share it. A cancelled call ends its work on the server.

    `timeout` is the longest wait in seconds for the next bytes of an answer. `key` is an API key, `ssl_context` is for
    certificates that the system does not know.
    """

    def __init__(
        self, url: str = _shared.DEFAULT_URL, *, key: Optional[str] = None, timeout: float = 600,
        ssl_context: Optional[ssl.SSLContext] = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = _shared.authorization(key)
        self._ssl = ssl_context
        self._http = httpx.AsyncClient(
            base_url=self._url, headers=self._headers, timeout=httpx.Timeout(timeout, connect=_shared.CONNECT_TIMEOUT),
            verify=True if ssl_context is None else ssl_context)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType],
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def transcribe(self, recording: Recording, **options: Unpack[Options]) -> Transcript:
        """Recognises a recording."""
        answer = await self._ask("POST", "/v1/transcribe", options, recording)
        return cast(Transcript, answer.json())

    async def transcribe_to(self, format: Format, recording: Recording, **options: Unpack[FormatOptions]) -> str:
        """Recognises a recording as text, subtitles, Markdown or a table."""
        answer = await self._ask("POST", "/v1/transcribe", {**options, "format": format}, recording)
        return answer.text

    async def transcribe_events(self, recording: Recording, **options: Unpack[EventOptions]) -> AsyncIterator[RecordingEvent]:
        """Recognises a recording; yields each utterance as soon as it is final, and partials where asked for."""
        async with self._stream("POST", "/v1/transcribe/stream", options, recording) as lines:
            async for line in lines:
                event = _shared.recording_event(line)
                if event is not None:
                    yield event

    async def submit(
        self, recording: Recording, *, priority: Priority = "normal", idempotency_key: Optional[str] = None,
        **options: Unpack[Options],
    ) -> AcceptedJob:
        """Stores a recording as a job. With the same `idempotency_key` a repetition is the same job."""
        headers = {} if idempotency_key is None else {"Idempotency-Key": idempotency_key}
        answer = await self._ask("POST", "/v1/jobs", {**options, "priority": priority}, recording, headers)
        return cast(AcceptedJob, answer.json())

    async def job(self, job_id: str) -> Job:
        """The state of a job."""
        return cast(Job, (await self._ask("GET", f"/v1/jobs/{job_id}")).json())

    async def jobs(self, *, status: Optional[JobStatus] = None) -> AsyncIterator[Job]:
        """All jobs, the newest first; pages are fetched as needed."""
        before: Optional[str] = None
        while True:
            answer = await self._ask("GET", "/v1/jobs", {"status": status, "before": before})
            page = cast(JobPage, answer.json())
            for job in page["jobs"]:
                yield job
            before = page.get("next")
            if before is None:
                return

    async def job_events(self, job_id: str) -> AsyncIterator[JobEvent]:
        """The progress of a job until its end."""
        async with self._stream("GET", f"/v1/jobs/{job_id}/events") as lines:
            async for line in lines:
                event = _shared.stream_event(line)
                if event is not None:
                    yield cast(JobEvent, event)

    async def result(self, job_id: str) -> Transcript:
        """The transcript of a job that is done; `Conflict` for any other."""
        return cast(Transcript, (await self._ask("GET", f"/v1/jobs/{job_id}/result")).json())

    async def wait(self, job_id: str) -> Transcript:
        """The transcript of a job, once it is done. Raises `JobFailed` for one that failed or was cancelled."""
        async for event in self.job_events(job_id):
            if _shared.is_done(job_id, event):
                return await self.result(job_id)
        raise _shared.unfinished(job_id)

    async def cancel(self, job_id: str) -> None:
        """Cancels a job that has not ended; `Conflict` for any other."""
        await self._ask("DELETE", f"/v1/jobs/{job_id}")

    async def erase(self, job_id: str) -> None:
        """Removes a job in any state, with its audio and its text."""
        await self._ask("POST", f"/v1/jobs/{job_id}/erase")

    @contextlib.asynccontextmanager
    async def live(self, **options: Unpack[LiveOptions]) -> AsyncIterator[AsyncLiveSession]:
        """A live session for use in `async with`: one task sends, another may iterate over the events."""
        session = AsyncLiveSession(self._connect, await self._connect())
        try:
            session.ready = _shared.ready(await session._received())
            await session.configure(options)
            yield session
        finally:
            await session.close()

    async def _connect(self, *subprotocols: str) -> ClientConnection:
        with _shared.translated():
            return await connect(
                self._url.replace("http", "ws", 1) + "/v1/ws", additional_headers=self._headers, ssl=self._ssl,
                subprotocols=[Subprotocol(name) for name in (_shared.SUBPROTOCOL, *subprotocols)], compression=None,
                open_timeout=_shared.CONNECT_TIMEOUT)

    async def listen(
        self, audio: Union[AsyncIterable[bytes], Iterable[bytes]], **options: Unpack[LiveOptions],
    ) -> AsyncIterator[LiveEvent]:
        """The events of a live session to which a task sends the audio: 16-bit samples, little-endian, mono."""
        async with self.live(**options) as session:
            failures: List[Exception] = []
            sender = asyncio.ensure_future(_send(session, audio, failures))
            try:
                async for event in session:
                    yield event
            finally:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)
            if failures:
                raise failures[0]

    async def _ask(
        self, method: str, path: str, options: Mapping[str, object] = {}, recording: Optional[Recording] = None,
        headers: Mapping[str, str] = {},
    ) -> httpx.Response:
        async with _body(recording) as content:
            with _shared.translated():
                answer = await self._http.request(
                    method, path, params=_shared.query(options), content=content, headers=dict(headers))
        if not answer.is_success:
            raise _shared.refusal(answer)
        return answer

    @contextlib.asynccontextmanager
    async def _stream(
        self, method: str, path: str, options: Mapping[str, object] = {}, recording: Optional[Recording] = None,
    ) -> AsyncIterator[AsyncIterator[str]]:
        async with _body(recording) as content:
            with _shared.translated():
                async with self._http.stream(
                        method, path, params=_shared.query(options), content=content) as answer:
                    if not answer.is_success:
                        await answer.aread()
                        raise _shared.refusal(answer)
                    yield answer.aiter_lines()


class AsyncLiveSession:
    """A live session. Iterate over its events until it ends; send samples meanwhile."""

    def __init__(self, connect: Callable[..., Awaitable[ClientConnection]], socket: ClientConnection) -> None:
        self._connect = connect
        self._socket = socket
        self._lock = asyncio.Lock()
        self._resumption = Resumption()
        self._pending: List[LiveEvent] = []
        self._reader = _shared.LiveReader(self._resumption)
        self.ready: Ready

    async def configure(self, options: LiveOptions) -> None:
        """Changes settings; before the first samples."""
        self._resumption.is_wanted |= options.get("resume", False)
        await self._send(_shared.configure(options))
        with _shared.translated():
            while self._resumption.awaits_token:
                event = self._reader.read(await self._socket.recv())
                if event is not None:
                    self._pending.append(event)

    async def send(self, samples: bytes) -> None:
        """Sends 16-bit samples, little-endian, mono. Waits while the server has no room."""
        await self._send(samples)

    async def marker(self, id: str) -> None:
        """Ends the open utterance; the marker comes back when everything before it is decided."""
        await self._send(_shared.marker(id))

    async def stop(self) -> None:
        """Ends the audio. The last final follows, then the iteration ends."""
        await self._send(_shared.STOP)

    async def close(self) -> None:
        """Ends the session at once; what is not recognised is lost."""
        await self._socket.close()

    def __aiter__(self) -> AsyncIterator[LiveEvent]:
        return self

    async def __anext__(self) -> LiveEvent:
        event = await self._received()
        if event is None:
            raise StopAsyncIteration
        return event

    async def _received(self) -> Optional[LiveEvent]:
        """The next event; None at the end of the session."""
        if self._pending:
            return self._pending.pop(0)
        while True:
            socket = self._socket
            try:
                message = await socket.recv()
            except ConnectionClosed as closed:
                if self._resumption.permits(closed):
                    await self._resume(socket)
                    continue
                if (failure := _shared.ended(closed, self._reader.cause)) is not None:
                    raise failure from closed
                return None
            event = self._reader.read(message)
            if event is not None:
                return event

    async def _send(self, message: "str | bytes") -> None:
        async with self._lock:
            self._resumption.sent(message)
            socket = self._socket
        with _shared.translated():
            try:
                await socket.send(message)
            except ConnectionClosed as closed:
                if not self._resumption.permits(closed):
                    raise
                await self._resume(socket)

    async def _resume(self, lost: ClientConnection) -> None:
        """Connects again, unless that was done meanwhile, and sends what the server does not have."""
        async with self._lock:
            if self._socket is not lost:
                return
            end = time.monotonic() + self._resumption.window
            attempt = 0
            while True:
                try:
                    self._socket = await self._connect(self._resumption.subprotocol)
                    with _shared.translated():
                        for message in self._resumption.resumed(json.loads(await self._socket.recv())):
                            await self._socket.send(message)
                    return
                except ConnectionLost:
                    if time.monotonic() > end:
                        raise
                    await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
                    attempt += 1


async def _send(
    session: AsyncLiveSession, audio: Union[AsyncIterable[bytes], Iterable[bytes]], failures: List[Exception],
) -> None:
    try:
        if isinstance(audio, AsyncIterable):
            async for samples in audio:
                await session.send(samples)
        else:
            for samples in audio:
                await session.send(samples)
        await session.stop()
    except GigasttError:
        pass  # The reader of the session raises the cause.
    except Exception as error:
        failures.append(error)
        await session.close()


@contextlib.asynccontextmanager
async def _body(recording: Optional[Recording]) -> AsyncIterator[Union[bytes, AsyncIterator[bytes], None]]:
    """The content of a request; a file that is named is open meanwhile, and read by a thread."""
    if isinstance(recording, (str, os.PathLike)):
        with open(recording, "rb") as file:
            yield _blocks(file)
    elif recording is None or isinstance(recording, bytes):
        yield recording
    else:
        yield _blocks(recording)


async def _blocks(file: BinaryIO) -> AsyncIterator[bytes]:
    while block := await asyncio.to_thread(file.read, _shared.BLOCK):
        yield block
