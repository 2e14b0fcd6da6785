"""The program `gigastt serve`, running, and the recordings to send it."""

import json
import os
import pathlib
import subprocess
import wave

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / "Demo"


class Serving:
    """A server on a port of its own, from `with` to its end; then it must have ended well."""

    def __init__(self, program, *arguments, environment=None):
        # No setting of the person who runs the tests, and the model that comes with the program.
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIGASTT_")}
        clean["HOME"] = "/nonexistent"
        self.command = [program, "serve", "--port", "0", "--ready-json", *arguments]
        self.environment = clean | (environment or {})
        self.is_killed = False

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=self.environment)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the server did not start: {self.command}, exit code {self.process.wait(10)}")
        self.port = json.loads(line)["port"]
        self.url = f"http://127.0.0.1:{self.port}"
        return self

    def kill(self):
        """Ends it without a word, as a crash would."""
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
