#!/usr/bin/env python3
"""The C library from Python, with ctypes and nothing else: transcribe.py LIBRARY MODEL_FOLDER|demo RECORDING.wav

Prints the text of a recording, of its samples, and of the same samples as a live stream.
"""
import array
import ctypes
import json
import sys
import wave

EVENT_FINAL, EVENT_END = 4, 5


class Event(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int32), ("error", ctypes.c_int32), ("start", ctypes.c_double), ("end", ctypes.c_double),
                ("text", ctypes.c_char_p), ("committed", ctypes.c_size_t), ("json", ctypes.c_char_p)]


Callback = ctypes.CFUNCTYPE(None, ctypes.POINTER(Event), ctypes.c_void_p)


class Failure(Exception):
    def __init__(self, library):
        self.code = library.gigastt_last_error_code()
        super().__init__(f"{library.gigastt_error_name(self.code).decode()}: {library.gigastt_last_error_message().decode()}")


class Engine:
    """A loaded model, to be used in a `with` statement."""

    def __init__(self, library_path, model, **options):
        library = self.library = ctypes.CDLL(library_path)
        # A text is freed by the library, so it stays a pointer: as c_char_p, ctypes would copy it and forget the pointer.
        handle, text = ctypes.c_void_p, ctypes.c_void_p
        for name, result, arguments in [
            ("last_error_code", ctypes.c_int32, []),
            ("last_error_message", ctypes.c_char_p, []),
            ("error_name", ctypes.c_char_p, [ctypes.c_int32]),
            ("engine_new_with_options", handle, [ctypes.c_char_p, ctypes.c_char_p]),
            ("engine_free", None, [handle]),
            ("demo_model", text, []),
            ("transcribe_file", text, [handle, ctypes.c_char_p]),
            ("transcribe_samples", text,
             [handle, ctypes.POINTER(ctypes.c_float), ctypes.c_size_t, ctypes.c_uint32, ctypes.c_char_p]),
            ("string_free", None, [text]),
            ("stream_new_with_callback", handle, [handle, ctypes.c_char_p, Callback, ctypes.c_void_p]),
            ("stream_process_samples", text,
             [handle, ctypes.POINTER(ctypes.c_float), ctypes.c_size_t, ctypes.c_uint32]),
            ("stream_finish", text, [handle]),
            ("stream_free", None, [handle]),
        ]:
            function = getattr(library, f"gigastt_{name}")
            function.restype, function.argtypes = result, arguments
        folder = self.text(library.gigastt_demo_model()) if model == "demo" else model
        self.handle = library.gigastt_engine_new_with_options(folder.encode(), json.dumps(options).encode())
        if not self.handle:
            raise Failure(library)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.library.gigastt_engine_free(self.handle)

    def text(self, pointer):
        """The text at a pointer, which is freed."""
        if not pointer:
            raise Failure(self.library)
        try:
            return ctypes.string_at(pointer).decode()
        finally:
            self.library.gigastt_string_free(pointer)

    def transcribe(self, path):
        return self.text(self.library.gigastt_transcribe_file(self.handle, path.encode()))

    def transcribe_samples(self, samples, rate):
        values = (ctypes.c_float * len(samples))(*samples)
        return json.loads(self.text(self.library.gigastt_transcribe_samples(
            self.handle, values, len(samples), rate, b'{"format": "json"}')))

    def live(self, blocks, rate):
        """Feeds blocks of samples; returns the finals, each with its time."""
        finals, failures = [], []

        def take(event, _):
            event = event.contents
            if event.kind == EVENT_FINAL and event.text:
                finals.append((event.start, event.text.decode()))
            if event.kind == EVENT_END and event.error:
                failures.append(event.text.decode())

        callback = Callback(take)  # must live as long as the stream
        stream = self.library.gigastt_stream_new_with_callback(self.handle, None, callback, None)
        if not stream:
            raise Failure(self.library)
        try:
            for block in blocks:
                values = (ctypes.c_float * len(block))(*block)
                self.text(self.library.gigastt_stream_process_samples(stream, values, len(block), rate))
            self.text(self.library.gigastt_stream_finish(stream))
        finally:
            self.library.gigastt_stream_free(stream)
        assert not failures, failures
        return finals


def samples_of(path):
    """The samples of a WAV of 16 bits and one channel, -1…1, and their rate."""
    with wave.open(path) as file:
        assert file.getsampwidth() == 2 and file.getnchannels() == 1
        values = array.array("h", file.readframes(file.getnframes()))
        return [value / 32768 for value in values], file.getframerate()


def main():
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    library, model, recording = sys.argv[1:]
    samples, rate = samples_of(recording)
    with Engine(library, model, workers=2) as engine:
        print("file:", engine.transcribe(recording))
        transcript = engine.transcribe_samples(samples, rate)
        print("samples:", transcript["text"], f"({len(transcript['words'])} words)")
        block = rate // 10
        for start, text in engine.live([samples[i:i + block] for i in range(0, len(samples), block)], rate):
            print(f"live {start:.2f}: {text}")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        raise SystemExit(str(failure))
