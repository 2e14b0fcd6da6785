"""The program `gigastt serve`, running, and the recordings to send it."""

import json
import os
import pathlib
import socket
import subprocess
import wave

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / "Demo"
# The built-in model is used only on request.
built_in = {"GIGASTT_BUILT_IN_MODEL": "1"}


def missing(text):
    """Something that a test needs cannot be had: a skip, but a failure where GIGASTT_TEST_REQUIRE_ALL is 1."""
    if os.environ.get("GIGASTT_TEST_REQUIRE_ALL") == "1":
        raise SystemExit(f"{text} (required by GIGASTT_TEST_REQUIRE_ALL=1)")
    print(f"skipped: {text}")


def free_port():
    """A port that is free now, for programs that cannot choose one themselves."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Serving:
    """A server on a free port for the duration of `with`; it must exit with 0."""

    def __init__(self, program, *arguments, environment=None):
        # No setting of the user who runs the tests.
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIGASTT_")}
        # Without punctuation: clients compare words.
        clean |= {"HOME": "/nonexistent", "GIGASTT_PUNCTUATION": "off"} | built_in
        self.command = [program, "serve", "--port", "0", "--ready-json", *arguments]
        self.environment = clean | (environment or {})
        self.is_killed = False

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=self.environment)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the server did not start: {self.command}, exit code {self.process.wait(10)}")
        self.ready = json.loads(line)
        self.port = self.ready["port"]
        self.url = f"{self.ready.get('scheme', 'http')}://127.0.0.1:{self.port}"
        return self

    def kill(self):
        """Kills it, as a crash would."""
        self.process.kill()
        self.process.wait(10)
        self.is_killed = True

    def __exit__(self, kind, error, trace):
        if self.is_killed:
            return
        self.process.terminate()
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = "none: it had to be killed"
        if kind is None and code != 0:
            raise SystemExit(f"the server ended with exit code {code}")


def recording(prefix):
    """The path of a demo recording."""
    return next(DEMO.glob(f"{prefix}*.wav"))


def samples(path):
    """The PCM of a recording: 16 kHz, 16 bits."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (16_000, 2, 1)
        return file.readframes(file.getnframes())
