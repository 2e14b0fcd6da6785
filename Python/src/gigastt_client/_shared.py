"""What both clients share: it makes requests and reads answers, and does no input or output of its own."""

from __future__ import annotations

import contextlib
import json
from typing import Any, Dict, Iterator, Mapping, Optional, cast

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from ._errors import Busy, ConnectionLost, InvalidRequest, JobFailed, ServerError, SessionClosed, from_event, from_response
from ._resumption import Resumption
from ._types import JobEvent, LiveEvent, Ready, RecordingEvent

DEFAULT_URL = "http://127.0.0.1:9876"
SUBPROTOCOL = "gigastt.v1"
# Seconds until a connection must be made. Answers may take longer: a recording is recognised before them.
CONNECT_TIMEOUT = 10.0
BLOCK = 1 << 16


def query(options: Mapping[str, object]) -> Dict[str, str]:
    """The query of a request."""
    return {name: _written(value) for name, value in options.items() if value is not None}


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    return ",".join(cast("Iterator[str]", value))


def configure(options: Mapping[str, object]) -> str:
    """The first message of a live session."""
    fields: Dict[str, object] = {"type": "configure", "protocol_version": "1.2"}
    for name, value in options.items():
        fields[name] = _written(value) if name == "hotwords" else value
    return json.dumps(fields, ensure_ascii=False)


STOP = '{"type":"stop"}'


def marker(identifier: str) -> str:
    return json.dumps({"type": "marker", "id": identifier}, ensure_ascii=False)


def authorization(key: Optional[str]) -> Dict[str, str]:
    return {} if key is None else {"Authorization": f"Bearer {key}"}


def refusal(response: httpx.Response) -> ServerError:
    """The exception for a response whose body has been read."""
    return from_response(response.status_code, response.headers, _parsed(response.content))


def _parsed(body: "bytes | bytearray | None") -> object:
    try:
        return json.loads(body or b"")
    except ValueError:
        return None


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raises this client's errors instead of those of its libraries."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise ConnectionLost("the server did not answer in time") from error
    except httpx.TransportError as error:
        raise ConnectionLost(f"the connection failed: {error}") from error
    except InvalidStatus as error:
        answer = error.response
        raise from_response(answer.status_code, answer.headers, _parsed(answer.body)) from error
    except ConnectionClosed as error:
        raise ended(error, None) or SessionClosed(1000, "") from error
    except (InvalidHandshake, OSError, EOFError) as error:
        raise ConnectionLost(f"the connection failed: {error}") from error


def ended(closed: ConnectionClosed, cause: Optional[ServerError]) -> Optional[Exception]:
    """Why a session ended; None after `stop`."""
    if cause is not None:
        return cause
    if closed.rcvd is None:
        return ConnectionLost("the connection of the live session broke")
    if closed.rcvd.code == 1013:
        return Busy(closed.rcvd.reason or "try again later")
    return None if closed.rcvd.code == 1000 else SessionClosed(closed.rcvd.code, closed.rcvd.reason)


class LiveReader:
    """Reads the messages of a live session.

    An error that ends the session is raised when the connection closes, since a last final may follow it.
    """

    def __init__(self, resumption: Resumption) -> None:
        self.cause: Optional[ServerError] = None
        self._resumption = resumption

    def read(self, message: "str | bytes") -> Optional[LiveEvent]:
        """The event of a message, None for one that is not for the user, or an error that ends the session. Raises the program's own mistakes."""
        event: Dict[str, Any] = json.loads(message)
        if not self._resumption.read(event):
            return None
        if event["type"] != "error" or event["code"] == "inference_error":
            return cast("LiveEvent", event)
        error = from_event(event)
        if isinstance(error, InvalidRequest):
            raise error
        self.cause = error
        return None


def ready(first: Optional[LiveEvent]) -> Ready:
    """The first message of a session."""
    message = cast("Optional[Ready]", first)
    if message is None or message["type"] != "ready":
        raise ConnectionLost("the first message of the server is not `ready`")
    return message


def stream_event(line: str) -> Optional[Dict[str, Any]]:
    """The object of one line of server-sent events; None for a comment or an empty line."""
    if not line.startswith("data:"):
        return None
    return cast("Dict[str, Any]", json.loads(line[5:]))


def recording_event(line: str) -> Optional[RecordingEvent]:
    event = stream_event(line)
    if event is not None and event.get("type") == "error":
        raise from_event(event)
    return cast("Optional[RecordingEvent]", event)


def is_done(job_id: str, event: JobEvent) -> bool:
    """Whether a job has its result; raises for one that will have none."""
    if event["type"] == "failed":
        raise JobFailed(job_id, "failed", event.get("error", "it failed"))
    if event["type"] == "cancelled":
        raise JobFailed(job_id, "cancelled", "it was cancelled")
    return event["type"] == "done"


def unfinished(job_id: str) -> ConnectionLost:
    return ConnectionLost(f"the events of job {job_id} ended early: wait for it again")
