"""Every second body that schemathesis sends where one is expected is a recording: otherwise no answer would be a transcript."""

import itertools
import struct

import schemathesis

# A quarter of a second of silence at 16 kHz: enough for every format of an answer, and quick.
AUDIO = b"\0" * 8_000
RECORDING = struct.pack(
    "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(AUDIO), b"WAVE", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16, b"data",
    len(AUDIO)) + AUDIO
turn = itertools.cycle([True, False])


@schemathesis.hook
def map_body(context, body):
    takesRecording = not context.operation.path.startswith("/v1/realtime/")
    return RECORDING if takesRecording and next(turn) else body
