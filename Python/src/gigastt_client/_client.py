"""The blocking client."""

from __future__ import annotations

import contextlib
import json
import os
import ssl
import threading
import time
from types import TracebackType
from typing import Any, Callable, Iterable, Iterator, List, Mapping, Optional, Type, cast

import httpx
from typing_extensions import Unpack
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from . import _shared
from ._errors import ConnectionLost, GigasttError
from ._resumption import PAUSES, Resumption
from ._types import (
    AcceptedJob, EventOptions, Format, FormatOptions, Job, JobEvent, JobPage, JobStatus, LiveEvent, LiveOptions, Options,
    Priority, Ready, Recording, RecordingEvent, Transcript,
)


class Client:
    """A client of one server, for use in `with`; threads may share it.

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
        self._http = httpx.Client(
            base_url=self._url, headers=self._headers, timeout=httpx.Timeout(timeout, connect=_shared.CONNECT_TIMEOUT),
            verify=True if ssl_context is None else ssl_context)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def transcribe(self, recording: Recording, **options: Unpack[Options]) -> Transcript:
        """Recognises a recording."""
        answer = self._ask("POST", "/v1/transcribe", options, recording)
        return cast(Transcript, answer.json())

    def transcribe_to(self, format: Format, recording: Recording, **options: Unpack[FormatOptions]) -> str:
        """Recognises a recording as text, subtitles, Markdown or a table."""
        return self._ask("POST", "/v1/transcribe", {**options, "format": format}, recording).text

    def transcribe_events(self, recording: Recording, **options: Unpack[EventOptions]) -> Iterator[RecordingEvent]:
        """Recognises a recording; yields each utterance as soon as it is final, and partials where asked for."""
        with self._stream("POST", "/v1/transcribe/stream", options, recording) as lines:
            for line in lines:
                event = _shared.recording_event(line)
                if event is not None:
                    yield event

    def submit(
        self, recording: Recording, *, priority: Priority = "normal", idempotency_key: Optional[str] = None,
        **options: Unpack[Options],
    ) -> AcceptedJob:
        """Stores a recording as a job. With the same `idempotency_key` a repetition is the same job."""
        headers = {} if idempotency_key is None else {"Idempotency-Key": idempotency_key}
        answer = self._ask("POST", "/v1/jobs", {**options, "priority": priority}, recording, headers)
        return cast(AcceptedJob, answer.json())

    def job(self, job_id: str) -> Job:
        """The state of a job."""
        return cast(Job, self._ask("GET", f"/v1/jobs/{job_id}").json())

    def jobs(self, *, status: Optional[JobStatus] = None) -> Iterator[Job]:
        """All jobs, the newest first; pages are fetched as needed."""
        before: Optional[str] = None
        while True:
            page = cast(JobPage, self._ask("GET", "/v1/jobs", {"status": status, "before": before}).json())
            yield from page["jobs"]
            before = page.get("next")
            if before is None:
                return

    def job_events(self, job_id: str) -> Iterator[JobEvent]:
        """The progress of a job until its end."""
        with self._stream("GET", f"/v1/jobs/{job_id}/events") as lines:
            for line in lines:
                event = _shared.stream_event(line)
                if event is not None:
                    yield cast(JobEvent, event)

    def result(self, job_id: str) -> Transcript:
        """The transcript of a job that is done; `Conflict` for any other."""
        return cast(Transcript, self._ask("GET", f"/v1/jobs/{job_id}/result").json())

    def wait(self, job_id: str) -> Transcript:
        """The transcript of a job, once it is done. Raises `JobFailed` for one that failed or was cancelled."""
        for event in self.job_events(job_id):
            if _shared.is_done(job_id, event):
                return self.result(job_id)
        raise _shared.unfinished(job_id)

    def cancel(self, job_id: str) -> None:
        """Cancels a job that has not ended; `Conflict` for any other."""
        self._ask("DELETE", f"/v1/jobs/{job_id}")

    def erase(self, job_id: str) -> None:
        """Removes a job in any state, with its audio and its text."""
        self._ask("POST", f"/v1/jobs/{job_id}/erase")

    @contextlib.contextmanager
    def live(self, **options: Unpack[LiveOptions]) -> Iterator[LiveSession]:
        """A live session for use in `with`: one thread sends, another may iterate over the events."""
        session = LiveSession(self._connect)
        try:
            session.configure(options)
            yield session
        finally:
            session.close()

    def _connect(self, *subprotocols: str) -> ClientConnection:
        with _shared.translated():
            return connect(
                self._url.replace("http", "ws", 1) + "/v1/ws", additional_headers=self._headers, ssl=self._ssl,
                subprotocols=[Subprotocol(name) for name in (_shared.SUBPROTOCOL, *subprotocols)], compression=None,
                open_timeout=_shared.CONNECT_TIMEOUT)

    def listen(self, audio: Iterable[bytes], **options: Unpack[LiveOptions]) -> Iterator[LiveEvent]:
        """The events of a live session to which a thread sends the audio: 16-bit samples, little-endian, mono."""
        with self.live(**options) as session:
            failures: List[BaseException] = []
            threading.Thread(target=_send, args=(session, audio, failures), daemon=True).start()
            yield from session
            if failures:
                raise failures[0]

    def _ask(
        self, method: str, path: str, options: Mapping[str, object] = {}, recording: Optional[Recording] = None,
        headers: Mapping[str, str] = {},
    ) -> httpx.Response:
        with _body(recording) as content, _shared.translated():
            answer = self._http.request(
                method, path, params=_shared.query(options), content=content, headers=dict(headers))
        if not answer.is_success:
            raise _shared.refusal(answer)
        return answer

    @contextlib.contextmanager
    def _stream(
        self, method: str, path: str, options: Mapping[str, object] = {}, recording: Optional[Recording] = None,
    ) -> Iterator[Iterator[str]]:
        with _body(recording) as content, _shared.translated(), self._http.stream(
                method, path, params=_shared.query(options), content=content) as answer:
            if not answer.is_success:
                answer.read()
                raise _shared.refusal(answer)
            yield answer.iter_lines()


class LiveSession:
    """A live session. Iterate over its events until it ends; send samples meanwhile."""

    def __init__(self, connect: Callable[..., ClientConnection]) -> None:
        self._connect = connect
        self._socket = connect()
        self._lock = threading.Lock()
        self._resumption = Resumption()
        self._pending: List[LiveEvent] = []
        self._reader = _shared.LiveReader(self._resumption)
        self.ready: Ready = _shared.ready(next(self, None))

    def configure(self, options: LiveOptions) -> None:
        """Changes settings; before the first samples."""
        self._resumption.is_wanted |= options.get("resume", False)
        self._send(_shared.configure(options))
        with _shared.translated():
            while self._resumption.awaits_token:
                event = self._reader.read(self._socket.recv())
                if event is not None:
                    self._pending.append(event)

    def send(self, samples: bytes) -> None:
        """Sends 16-bit samples, little-endian, mono. Blocks while the server has no room."""
        self._send(samples)

    def marker(self, id: str) -> None:
        """Ends the open utterance; the marker comes back when everything before it is decided."""
        self._send(_shared.marker(id))

    def stop(self) -> None:
        """Ends the audio. The last final follows, then the iteration ends."""
        self._send(_shared.STOP)

    def close(self) -> None:
        """Ends the session at once; what is not recognised is lost."""
        self._socket.close()

    def __iter__(self) -> Iterator[LiveEvent]:
        return self

    def __next__(self) -> LiveEvent:
        if self._pending:
            return self._pending.pop(0)
        while True:
            socket = self._socket
            try:
                message = socket.recv()
            except ConnectionClosed as closed:
                if self._resumption.permits(closed):
                    self._resume(socket)
                    continue
                raise (_shared.ended(closed, self._reader.cause) or StopIteration()) from closed
            event = self._reader.read(message)
            if event is not None:
                return event

    def _send(self, message: "str | bytes") -> None:
        with self._lock:
            self._resumption.sent(message)
            socket = self._socket
        with _shared.translated():
            try:
                socket.send(message)
            except ConnectionClosed as closed:
                if not self._resumption.permits(closed):
                    raise
                self._resume(socket)

    def _resume(self, lost: ClientConnection) -> None:
        """Connects again, unless that was done meanwhile, and sends what the server does not have."""
        with self._lock:
            if self._socket is not lost:
                return
            end = time.monotonic() + self._resumption.window
            attempt = 0
            while True:
                try:
                    self._socket = self._connect(self._resumption.subprotocol)
                    with _shared.translated():
                        for message in self._resumption.resumed(json.loads(self._socket.recv())):
                            self._socket.send(message)
                    return
                except ConnectionLost:
                    if time.monotonic() > end:
                        raise
                    time.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
                    attempt += 1


def _send(session: LiveSession, audio: Iterable[bytes], failures: List[BaseException]) -> None:
    try:
        for samples in audio:
            session.send(samples)
        session.stop()
    except GigasttError:
        pass  # The reader of the session raises the cause.
    except BaseException as error:
        failures.append(error)
        session.close()


@contextlib.contextmanager
def _body(recording: Optional[Recording]) -> Iterator[Any]:
    """The content of a request; a file that is named is open meanwhile."""
    if isinstance(recording, (str, os.PathLike)):
        with open(recording, "rb") as file:
            yield file
    else:
        yield recording
