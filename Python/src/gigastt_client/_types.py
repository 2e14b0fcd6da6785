"""The shapes of requests and answers: dictionaries with the fields of the server's documentation. Times are in seconds."""

import os
from typing import BinaryIO, List, Literal, Sequence, Union

from typing_extensions import NotRequired, TypedDict

# A recording: the path of a file, or its bytes, or a file that is open for reading.
Recording = Union[str, "os.PathLike[str]", bytes, BinaryIO]
Format = Literal["txt", "srt", "vtt", "md", "minutes", "ass", "csv", "rttm"]
Priority = Literal["low", "normal", "high"]
JobStatus = Literal["queued", "processing", "done", "failed", "cancelled"]


class TextOptions(TypedDict, total=False):
    """How text is written; what is absent is as the server is set."""

    itn: bool
    itn_policy: Literal["full", "compat"]
    mask: str
    max_alternatives: int
    punctuation: bool
    spans: bool
    hotwords: Sequence[str]
    hotwords_boost: float


class Options(TextOptions, total=False):
    """The switches of a recording."""

    segments: bool
    channels: Literal["split"]
    word_times: Literal["natural", "compat"]
    track: int
    codec: Literal["pcmu", "ulaw", "pcma", "alaw", "g722", "gsm", "slin"]
    sample_rate: int
    variant: str
    vad: bool
    diarization: bool
    speakers: int
    min_speakers: int
    max_speakers: int


class EventOptions(Options, total=False):
    """The switches of a recording whose utterances come as events."""

    partials: bool
    commit_policy: Literal["auto", "stable_prefix", "on_finalize"]


class FormatOptions(Options, total=False):
    """The switches of a recording that becomes subtitles, Markdown or a table."""

    max_chars_per_line: int
    max_words_per_line: int
    cues: Literal["natural", "compat"]
    captions: Literal["lines", "broadcast"]
    word_timestamps: bool


class LiveOptions(TextOptions, total=False):
    """The settings of a live session. `sample_rate` is that of the samples: 8000, 16000, 24000, 44100 or 48000. With `resume`
    the session connects again when its connection is lost, and goes on with nothing lost and nothing twice.
    """

    sample_rate: int
    endpoint_mode: Literal["auto", "assistant", "manual"]
    min_silence_ms: int
    commit_policy: Literal["auto", "stable_prefix", "on_finalize"]
    speech_events: bool
    resume: bool


class Word(TypedDict):
    word: str
    start: float
    end: float
    confidence: float
    speaker: NotRequired[int]


class Segment(TypedDict):
    start: float
    end: float
    text: str
    words: List[Word]
    speaker: NotRequired[int]


class TextSpan(TypedDict):
    """A part of the text, its place in Unicode scalars, and the indices of its words."""

    text: str
    start: int
    end: int
    words: List[int]


class MaskedSpan(TypedDict):
    kind: str
    start: int
    end: int


class Alternative(TypedDict):
    text: str
    confidence: NotRequired[float]


class Note(TypedDict):
    code: str
    message: str
    phrases: NotRequired[List[str]]
    count: NotRequired[int]


class DiarizationNotice(TypedDict):
    status: Literal["unavailable"]
    reason: str
    message: str


class Transcript(TypedDict):
    text: str
    words: List[Word]
    duration: float
    confidence: NotRequired[float]
    segments: NotRequired[List[Segment]]
    spans: NotRequired[List[TextSpan]]
    alternatives: NotRequired[List[Alternative]]
    masked: NotRequired[List[MaskedSpan]]
    notes: NotRequired[List[Note]]
    diarization: NotRequired[DiarizationNotice]


class Utterance(TypedDict):
    """An utterance of the event stream of a recording. A partial has `committed` and `tentative`, which are its `text`."""

    type: Literal["partial", "final"]
    text: str
    committed: NotRequired[str]
    tentative: NotRequired[str]
    words: List[Word]
    timestamp: float
    confidence: NotRequired[float]
    spans: NotRequired[List[TextSpan]]
    alternatives: NotRequired[List[Alternative]]
    masked: NotRequired[List[MaskedSpan]]


class NoteEvent(TypedDict):
    type: Literal["note"]
    code: str
    message: str
    phrases: NotRequired[List[str]]
    count: NotRequired[int]


RecordingEvent = Union[Utterance, NoteEvent]


class AcceptedJob(TypedDict):
    job_id: str
    status: JobStatus
    created_at: float


class Job(TypedDict):
    job_id: str
    status: JobStatus
    created_at: float
    updated_at: float
    processed_seconds: float
    percent: int
    priority: Priority
    partial: NotRequired[str]
    error: NotRequired[str]
    owner: NotRequired[str]


class JobPage(TypedDict):
    jobs: List[Job]
    next: NotRequired[str]


class JobEvent(TypedDict):
    type: Literal["progress", "done", "failed", "cancelled"]
    percent: NotRequired[int]
    processed_seconds: NotRequired[float]
    error: NotRequired[str]


class Ready(TypedDict):
    type: Literal["ready"]
    model: str
    version: str
    sample_rate: int
    supported_rates: List[int]
    min_protocol_version: str
    max_session_secs: int
    idle_timeout_secs: int
    punctuation: NotRequired[Literal[True]]
    diarization: NotRequired[Literal[True]]


class Partial(TypedDict):
    """The words since the last final. `committed` does not change again; with `tentative` it is `text`."""

    type: Literal["partial"]
    text: str
    committed: str
    tentative: str
    words: List[Word]
    timestamp: float
    confidence: NotRequired[float]


class Final(TypedDict):
    """An utterance that does not change again."""

    type: Literal["final"]
    text: str
    committed: str
    tentative: str
    words: List[Word]
    timestamp: float
    endpoint_reason: Literal["vad", "blank", "stop"]
    speech_final: NotRequired[Literal[True]]
    confidence: NotRequired[float]
    truncated: NotRequired[Literal[True]]
    spans: NotRequired[List[TextSpan]]
    alternatives: NotRequired[List[Alternative]]
    masked: NotRequired[List[MaskedSpan]]


class Speech(TypedDict):
    type: Literal["speech_started", "speech_stopped"]
    time: float


class SpeakerSpan(TypedDict):
    """The words of finals whose middle lies in it were said by this speaker."""

    start: float
    end: float
    speaker: int


class SpeakerName(TypedDict):
    """The name of a speaker, on a server that names speakers."""

    name: str
    similarity: float
    speaker: int


class _SpeakerNames(TypedDict, total=False):
    names: List[SpeakerName]


class Speakers(_SpeakerNames):
    """Who said words of earlier finals; a later message may correct it. `names`, when they change: those of all speakers."""

    type: Literal["speakers"]
    spans: List[SpeakerSpan]


class Marker(TypedDict):
    type: Literal["marker"]
    id: str


class Failure(TypedDict):
    """One utterance could not be recognised (`inference_error`); the session continues."""

    type: Literal["error"]
    code: str
    message: str


LiveEvent = Union[Partial, Final, Speech, Speakers, Marker, NoteEvent, Failure]
