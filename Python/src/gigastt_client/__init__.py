"""A typed client of the speech-to-text server gigastt: recordings, events, jobs and live speech, sync and async."""

from ._async_client import AsyncClient, AsyncLiveSession
from ._client import Client, LiveSession
from ._errors import (
    Busy,
    Conflict,
    ConnectionLost,
    Forbidden,
    GigasttError,
    InvalidRequest,
    JobFailed,
    NotFound,
    ServerError,
    SessionClosed,
    Unauthorized,
)
from ._types import (
    AcceptedJob,
    Alternative,
    Failure,
    EventOptions,
    Final,
    Format,
    FormatOptions,
    Job,
    JobEvent,
    JobStatus,
    LiveEvent,
    LiveOptions,
    Marker,
    MaskedSpan,
    Note,
    NoteEvent,
    Options,
    Partial,
    Priority,
    Ready,
    Recording,
    RecordingEvent,
    Segment,
    Speech,
    TextSpan,
    Transcript,
    Utterance,
    Word,
)

__all__ = [
    "AcceptedJob", "Alternative", "AsyncClient", "AsyncLiveSession", "Busy", "Client", "Conflict", "ConnectionLost",
    "EventOptions", "Failure", "Final", "Forbidden", "Format", "FormatOptions", "GigasttError", "InvalidRequest", "Job",
    "JobEvent", "JobFailed", "JobStatus", "LiveEvent", "LiveOptions", "LiveSession", "Marker", "MaskedSpan", "NotFound", "Note", "NoteEvent",
    "Options", "Partial", "Priority", "Ready", "Recording", "RecordingEvent", "Segment", "ServerError", "SessionClosed",
    "Speech", "TextSpan", "Transcript", "Unauthorized", "Utterance", "Word",
]
