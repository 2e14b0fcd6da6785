"""Every line with `gigastt` and every Python block of README.md, docs/ and Python/README.md, run as printed.

usage: commands.py PROGRAM

A block of commands is run line by line in a folder of its own in which `Demo` is that of the repository. A server gets a
free port and is ended with SIGTERM. What needs the network or would run on is only started: it must accept its arguments.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

from serving import ROOT, Serving, built_in

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
DOCUMENTED = "127.0.0.1:9876"
USAGE = (2, 64)  # the exit codes of wrong arguments
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "Python/README.md"]


def blocks(page):
    """The blocks of a page: language and text."""
    text = page.read_text(encoding="utf-8")
    return re.findall(r"^ *```([a-z]*)\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)


def lines(block):
    """The commands of a block, continued lines joined, prompts removed."""
    for line in block.replace("\\\n", " ").splitlines():
        yield line.strip().removeprefix("$ ")


def is_ours(line):
    return re.search(r"(^|\| )gigastt ", line) is not None


class Shell:
    """Runs lines as a user would, with `gigastt` in the PATH and a home folder of its own."""

    def __init__(self, folder, exports=()):
        self.folder, self.exports = pathlib.Path(folder), list(exports)
        (self.folder / "bin").mkdir()
        shim = self.folder / "bin/gigastt"
        shim.write_text(f'#!/bin/sh\nexec "{PROGRAM}" "$@"\n')
        shim.chmod(0o755)
        (self.folder / "Demo").symlink_to(ROOT / "Demo")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIGASTT_")}
        self.environment = clean | {"HOME": str(folder), "PATH": f"{folder}/bin:{os.environ['PATH']}"}

    def start(self, line, **options):
        script = "\n".join(["set -o pipefail", *self.exports, line])
        return subprocess.Popen(
            ["bash", "-c", script], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, **options)

    def run(self, line, timeout=120):
        process = self.start(line)
        try:
            output, errors = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None, "", ""
        return process.returncode, output, errors


def serve(shell, line):
    """Starts the documented server on a free port; it must become ready and end well."""
    command = re.sub(r"\s#.*$", "", line)
    process = shell.start(f"exec {command} --port 0 --ready-json")
    ready = process.stdout.readline()
    assert ready, (line, process.communicate()[1])
    assert json.loads(ready)["port"] > 0, ready
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, (line, process.returncode, errors)


def run_command(shell, line):
    if line.startswith("export "):
        shell.exports.append(line)
    elif re.match(r"gigastt serve\b", line):
        serve(shell, line)
    elif re.match(r"gigastt (download|bench|quantize)\b", line):
        command = re.sub(r"\s#.*$", "", line)
        # Without a network or a model: refused for that reason, and not for its arguments. A benchmark runs until it is stopped.
        code, _, errors = shell.run(f"{command} --offline" if "download" in command else command, timeout=5)
        assert code not in USAGE, (line, errors)
    else:
        code, output, errors = shell.run(line)
        assert code == 0, (line, code, errors)
        assert output or "gigastt" not in line or re.search(r" -o |^gigastt (listen|transcribe-batch)", line), (line, errors)
    return 1


def run_blocks():
    count = 0
    for page in PAGES:
        # Variables of one block hold for the following ones, as in a user's shell.
        exports = []
        for language, block in blocks(page):
            if language not in ("", "sh") or not any(map(is_ours, lines(block))):
                continue
            with tempfile.TemporaryDirectory() as folder:
                shell = Shell(folder, exports)
                if page != ROOT / "README.md":
                    shell.environment |= built_in
                for line in lines(block):
                    if is_ours(line) or re.match(r"(export|openssl|printf) ", line):
                        count += run_command(shell, line)
                exports = shell.exports
    return count


def run_access(shell):
    """docs/access.md from the key to the request with it: the same lines, and a server with that file of keys."""
    commands = [line for language, block in blocks(ROOT / "docs/access.md") if language == "sh" for line in lines(block)]
    make_key = next(block for _, block in blocks(ROOT / "docs/access.md") if block.lstrip().startswith("key="))
    code, output, errors = shell.run(make_key)
    assert code == 0, errors
    shell.environment["key"] = output.split()[0]
    (openssl,) = [line for line in commands if line.startswith("openssl req")]
    assert shell.run(openssl)[0] == 0
    (shell.folder / "speech.wav").symlink_to(ROOT / "Demo/08_route.wav")
    files = {name: str(shell.folder / name) for name in ("keys", "cert.pem", "key.pem")}
    arguments = ["--api-key-file", files["keys"], "--tls-cert", files["cert.pem"], "--tls-key", files["key.pem"],
                 "--allow-host", "stt.example.com"]
    with Serving(PROGRAM, *arguments) as server:
        asked = [line for line in commands if line.startswith("curl ")]
        for line in asked:
            host = re.search(r"https://([^/:]+:\d+)", line).group(1)
            trust = "" if "--cacert" in line else "--insecure "
            given = line.replace("curl ", f"curl -fsS {trust}--connect-to {host}:127.0.0.1:{server.port} ", 1)
            code, output, errors = shell.run(given)
            assert code == 0 and output, (line, errors)
        # Without the key there is no answer.
        refused, _, _ = shell.run(f"curl -fsSk https://127.0.0.1:{server.port}/v1/models")
        assert refused == 22, refused
    return len(asked)


def run_python(server):
    count = 0
    environment = os.environ | {"PYTHONPATH": str(ROOT / "Python/src")}
    for page in PAGES:
        for language, block in blocks(page):
            if language != "python":
                continue
            done = subprocess.run(
                [sys.executable, "-c", block.replace(DOCUMENTED, f"127.0.0.1:{server.port}")], cwd=ROOT, timeout=120,
                capture_output=True, text=True, env=environment)
            assert done.returncode == 0 and done.stdout, (page.name, done.stderr)
            count += 1
    return count


def main():
    with tempfile.TemporaryDirectory() as folder, Serving(
            PROGRAM, "--enable-jobs", "--jobs-dir", f"{folder}/jobs") as server:
        python = run_python(server)
    commands = run_blocks()
    with tempfile.TemporaryDirectory() as folder:
        commands += run_access(Shell(folder))
    assert python >= 2 and commands >= 8, (python, commands)
    print(f"{commands} commands, {python} Python blocks")


main()
