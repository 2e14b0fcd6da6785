"""What can go wrong, as exceptions. Codes are those of the server's documentation."""

from __future__ import annotations

from typing import Mapping, Optional, Type


class GigasttError(Exception):
    """Any error of this client."""


class ConnectionLost(GigasttError):
    """The server was not reached, or did not answer in time, or the connection broke."""


class SessionClosed(GigasttError):
    """The server ended a live session before the end of its audio."""

    def __init__(self, close_code: int, reason: str) -> None:
        super().__init__(f"the server closed the session: {close_code} {reason}".rstrip())
        self.close_code = close_code
        self.reason = reason


class JobFailed(GigasttError):
    """A job has no result: it failed or was cancelled."""

    def __init__(self, job_id: str, status: str, reason: str) -> None:
        super().__init__(f"job {job_id}: {reason}")
        self.job_id = job_id
        self.status = status


class ServerError(GigasttError):
    """The server refused a request or could not finish it.

    `status` is the HTTP status, None in streams and live sessions; `code` is stable, the message is for people;
    `retry_after` is in seconds, None where a retry makes no sense.
    """

    def __init__(
        self, message: str, *, status: Optional[int] = None, code: Optional[str] = None,
        retry_after: Optional[float] = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after


class InvalidRequest(ServerError):
    """The request is wrong (400, 413, 415, 422 and others): the same one will be refused again."""


class Unauthorized(ServerError):
    """No valid API key (401)."""


class Forbidden(ServerError):
    """The key lacks the role, or the host or origin is not admitted (403)."""


class NotFound(ServerError):
    """No such job, or jobs are not enabled (404)."""


class Conflict(ServerError):
    """Something that is not loaded, or the state of a job does not permit the request (409)."""


class Busy(ServerError):
    """The server has no room now (429, 503): try again after `retry_after` seconds."""


_BY_STATUS: Mapping[int, Type[ServerError]] = {
    401: Unauthorized, 403: Forbidden, 404: NotFound, 409: Conflict, 429: Busy, 503: Busy,
}
# Mistakes of a live client, beside those that begin with `invalid_`; its session continues.
_MISTAKES = frozenset({"configure_too_late", "too_many_markers", "resume_unavailable"})


def from_response(status: int, headers: Mapping[str, str], body: object) -> ServerError:
    """The exception for a response that is no success. `body` is its JSON, None where it has none."""
    fields = body if isinstance(body, dict) else {}
    code, message, wait = fields.get("code"), fields.get("error"), fields.get("retry_after_ms")
    retry_after: Optional[float] = None
    if isinstance(wait, (int, float)):
        retry_after = wait / 1000
    elif headers.get("retry-after", "").isdigit():
        retry_after = float(headers["retry-after"])
    kind = _BY_STATUS.get(status, InvalidRequest if status < 500 else ServerError)
    return kind(
        message if isinstance(message, str) else f"HTTP status {status}", status=status,
        code=code if isinstance(code, str) else None, retry_after=retry_after)


def from_event(event: Mapping[str, object]) -> ServerError:
    """The exception for a message of type `error` of a stream or a live session."""
    code, message, wait = event.get("code"), event.get("message"), event.get("retry_after_ms")
    if code == "timeout":
        kind: Type[ServerError] = Busy
    elif isinstance(code, str) and (code.startswith("invalid_") or code in _MISTAKES):
        kind = InvalidRequest
    else:
        kind = ServerError
    return kind(
        str(message), code=code if isinstance(code, str) else None,
        retry_after=wait / 1000 if isinstance(wait, (int, float)) else None)
