"""Servers whose recordings are in an object store: moto, which checks signatures, behind a connection that can break.

usage: jobs_objects.py PROGRAM
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

from jobs_kill import expected, request
from object_store import BUCKET, names, object_store
from postgres_server import Postgres, programs
from relay import relay, shut
from serving import Serving, built_in, free_port, missing, recording


class Line:
    """Passes connections on to a port, unless it is cut."""

    def __init__(self, target):
        self.target, self.is_cut, self.open = target, False, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            if self.is_cut:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self.target))
            self.open += [client, server]
            for pair in ((client, server), (server, client)):
                threading.Thread(target=relay, args=pair, daemon=True).start()

    def cut(self):
        self.is_cut = True
        while self.open:
            shut(self.open.pop())


def refused(program, folder, variables, *words):
    """The server does not start, says why, and shows no key."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIGASTT_")}
    done = subprocess.run(
        [program, "serve", "--port", "0", "--enable-jobs", "--jobs-dir", folder], capture_output=True, text=True,
        env=clean | {"HOME": "/nonexistent"} | built_in | variables, timeout=120)
    output = done.stdout + done.stderr
    assert done.returncode != 0 and all(word in output for word in words), (done.returncode, output)
    assert variables["AWS_SECRET_ACCESS_KEY"] not in output, output


def finished(port, job):
    deadline = time.monotonic() + 60
    while (state := json.loads(request(port, "GET", f"/v1/jobs/{job}")[1])["status"]) in ("queued", "processing"):
        assert time.monotonic() < deadline, f"{job} hangs"
        time.sleep(0.05)
    assert state == "done", state
    return json.loads(request(port, "GET", f"/v1/jobs/{job}/result")[1])["text"]


def empty(variables, prefix, folder):
    """Neither the store nor the job folder keeps a recording; a server removes the last of them once a second."""
    deadline = time.monotonic() + 30
    while left := [*names(variables, prefix), *(file.name for file in (pathlib.Path(folder) / "audio").iterdir())]:
        assert time.monotonic() < deadline, f"recordings are left: {left}"
        time.sleep(0.1)


def accepted(port, body):
    status, answer = request(port, "POST", "/v1/jobs", body)
    assert status == 202, (status, answer)
    return json.loads(answer)["job_id"]


def one_server(program, folder, variables, body, text):
    """A crash, and a store that is away for a while."""
    direct = variables["AWS_ENDPOINT_URL"]
    line = Line(int(direct.rsplit(":", 1)[1]))
    through = {**variables, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{line.port}",
               "GIGASTT_JOBS_AUDIO": f"s3://{BUCKET}/one"}
    command = (program, "--enable-jobs", "--jobs-dir", f"{folder}/one")
    with Serving(*command, environment=through) as server:
        jobs = [accepted(server.port, body) for _ in range(4)]
        assert finished(server.port, jobs[0]) == text
        server.kill()
    with Serving(*command, environment=through) as server:
        for job in jobs:
            assert finished(server.port, job) == text
        empty(variables, "one", f"{folder}/one")
        line.cut()
        start = time.monotonic()
        status, answer = request(server.port, "POST", "/v1/jobs", body)
        assert status == 503 and b"jobs_unavailable" in answer, (status, answer)
        assert time.monotonic() - start < 20, "a submission waits for an object store that is away"
        assert request(server.port, "POST", "/v1/transcribe", body)[0] == 200
        line.is_cut = False
        assert finished(server.port, accepted(server.port, body)) == text
        empty(variables, "one", f"{folder}/one")
    return len(jobs) + 1


def two_servers(program, folder, variables, body, text):
    """A recording that one server takes is recognised by another, which has a folder of its own."""
    if programs() is None:
        missing("PostgreSQL is not installed: Scripts/packages-debian-tests.txt names it")
        return
    with Postgres() as postgres:
        shared = {**variables, "GIGASTT_JOBS_AUDIO": f"s3://{BUCKET}/many/", "GIGASTT_JOBS_STORE": postgres.url}
        command = (program, "--enable-jobs", "--jobs-lease-secs", "5", "--jobs-dir")
        with Serving(*command, f"{folder}/first", environment=shared) as first:
            jobs = [accepted(first.port, body) for _ in range(3)]
            first.kill()
        with Serving(*command, f"{folder}/second", environment=shared) as second:
            for job in jobs:
                assert finished(second.port, job) == text
            empty(variables, "many", f"{folder}/second")


def main():
    program = sys.argv[1]
    body = recording("07").read_bytes()
    text, = expected(program, [body])
    with object_store() as variables, tempfile.TemporaryDirectory() as folder:
        place = {"GIGASTT_JOBS_AUDIO": f"s3://{BUCKET}"}
        refused(program, folder, {**variables, **place, "AWS_SECRET_ACCESS_KEY": "geheim-falsch"},
                "refuses requests", "SignatureDoesNotMatch")
        refused(program, folder, {**variables, **place, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"},
                "does not answer")
        refused(program, folder, {**variables, "GIGASTT_JOBS_AUDIO": "recordings"}, "s3://bucket")
        count = one_server(program, folder, variables, body, text)
        two_servers(program, folder, variables, body, text)
    print(f"{count} jobs of one server across a crash and an outage, 3 jobs of a killed server by another one, "
          "3 starts refused")


main()
