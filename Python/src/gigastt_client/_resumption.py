"""A live session over several connections: what was sent, what the server has, and what is to be sent again."""

from __future__ import annotations

from collections import deque
from typing import Any, Deque, List, Mapping, Optional, Union

from websockets.exceptions import ConnectionClosed

from ._errors import ConnectionLost, from_event

# Seconds between two attempts to connect.
PAUSES = (0.1, 0.5, 1.0, 2.0)


class Resumption:
    """Holds what the server has not acknowledged; about a second of audio. Does no input or output."""

    def __init__(self) -> None:
        self.is_wanted = False
        self.window = 0.0
        self._token: Optional[str] = None
        self._seen = 0
        # What comes before the messages that are held.
        self._audio_bytes = 0
        self._texts = 0
        self._held: Deque[Union[str, bytes]] = deque()

    def sent(self, message: Union[str, bytes]) -> None:
        """A message is about to be sent."""
        if self.is_wanted:
            self._held.append(message)
        elif isinstance(message, str):
            self._texts += 1
        else:
            self._audio_bytes += len(message)

    def read(self, event: Mapping[str, Any]) -> bool:
        """A message was received; returns whether it is for the user."""
        self._seen = event.get("seq", self._seen)
        if event["type"] == "resumable":
            self._token, self.window = event["token"], float(event["window_secs"])
        elif event["type"] == "ack":
            self._drop(event["audio_bytes"], None)
        return event["type"] not in ("resumable", "ack")

    @property
    def awaits_token(self) -> bool:
        """Whether the answer to a `configure` with `resume` has not come."""
        return self.is_wanted and self._token is None

    def permits(self, closed: ConnectionClosed) -> bool:
        """Whether the session goes on after its connection ended so."""
        return self._token is not None and closed.rcvd is None

    @property
    def subprotocol(self) -> str:
        """Names the session, and the last message that was received."""
        return f"gigastt.resume.{self._token}.{self._seen}"

    def resumed(self, event: Mapping[str, Any]) -> List[Union[str, bytes]]:
        """The first message of another connection was received; returns what is to be sent again."""
        if event["type"] == "error":
            raise from_event(event)
        if event["type"] != "resumed":
            raise ConnectionLost("the first message of the server is not `resumed`")
        self._drop(event["audio_bytes"], event["messages"])
        return list(self._held)

    def _drop(self, audio_bytes: int, texts: Optional[int]) -> None:
        """The server has so much. Without a count of texts, those before audio that it has."""
        while self._held:
            first = self._held[0]
            if isinstance(first, str):
                if not (self._audio_bytes < audio_bytes if texts is None else self._texts < texts):
                    return
                self._texts += 1
            elif self._audio_bytes + len(first) <= audio_bytes:
                self._audio_bytes += len(first)
            else:
                self._held[0] = first[max(0, audio_bytes - self._audio_bytes):]
                self._audio_bytes = max(self._audio_bytes, audio_bytes)
                return
            self._held.popleft()
