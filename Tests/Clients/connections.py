"""Records every connection of a server under live, file and job work: none may leave but to what the operator configured.

usage: connections.py PROGRAM

The calls connect, sendto and sendmsg of all threads are traced by strace; those to an internet address must go to the
receiver of webhooks. Names must not be looked up either, since that is a connection as well.
"""

import asyncio
import base64
import http.client
import http.server
import json
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import websockets

from serving import Serving, missing, recording, samples

SECRET = base64.b64encode(bytes(range(32))).decode()
ADDRESS = re.compile(r"sin6?_port=htons\((\d+)\).*?(?:inet_addr\(\"([^\"]+)\"\)|inet_pton\(AF_INET6, \"([^\"]+)\")")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.messages.put(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def request(port, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body=body)
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status < 300, (path, answer.status, content[:200])
    return content


async def live(port):
    async with websockets.connect(f"ws://127.0.0.1:{port}/v1/ws") as socket:
        await socket.recv()
        await socket.send(json.dumps({"type": "configure", "sample_rate": 16_000}))
        await socket.send(samples(recording("06")))
        await socket.send(json.dumps({"type": "stop"}))
        kinds = [json.loads(message).get("type") async for message in socket]
        assert "final" in kinds, kinds


def work(port):
    body = recording("06").read_bytes()
    request(port, "GET", "/v1/models")
    request(port, "GET", "/")
    request(port, "POST", "/v1/transcribe", body)
    request(port, "POST", "/v1/transcribe/stream", body)
    asyncio.run(live(port))
    job = json.loads(request(port, "POST", "/v1/jobs", body))["job_id"]
    while json.loads(request(port, "GET", f"/v1/jobs/{job}"))["status"] != "done":
        time.sleep(0.05)
    request(port, "GET", f"/v1/jobs/{job}/result")
    request(port, "POST", f"/v1/jobs/{job}/erase")
    return job


def connections(trace):
    """The internet addresses that calls in a trace go to, once strace has written all of it."""
    deadline, found = time.monotonic() + 30, set()
    while "+++ exited with 0 +++" not in trace.read_text(errors="replace").rsplit("\n", 2)[-2:][0]:
        assert time.monotonic() < deadline, "the trace does not end"
        time.sleep(0.05)
    for line in trace.read_text(errors="replace").splitlines():
        match = ADDRESS.search(line)
        if match:
            found.add((match[2] or match[3], int(match[1])))
    return found


def traced(program, folder, *arguments):
    trace = folder / f"trace-{len(arguments)}"
    # -D: signals go to the program, and strace ends with it.
    command = ["-D", "-f", "-q", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(trace), program]
    server = Serving("strace", *arguments)
    # strace takes the program and its arguments behind its own.
    server.command = ["strace", *command, *server.command[1:]]
    return server, trace


def main():
    program = sys.argv[1]
    if not shutil.which("strace"):
        return missing("strace is not installed")
    probe = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "true"], stderr=subprocess.DEVNULL)
    if probe.returncode != 0:
        return missing("strace may not trace here")
    with tempfile.TemporaryDirectory() as parent:
        folder = pathlib.Path(parent)
        jobs = ["--enable-jobs", "--jobs-dir", f"{parent}/jobs"]
        server, trace = traced(program, folder, *jobs)
        with server:
            work(server.port)
        assert connections(trace) == set(), f"connections that nobody configured: {connections(trace)}"
        # With a receiver of webhooks there is that one, which also shows that the trace sees connections.
        receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        receiver.messages = queue.Queue()
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        secret = folder / "secret"
        secret.write_text(SECRET)
        secret.chmod(0o600)
        server, trace = traced(
            program, folder, *jobs, "--webhook-url", f"http://127.0.0.1:{receiver.server_port}/hook",
            "--webhook-secret-file", str(secret))
        with server:
            body = recording("06").read_bytes()
            job = json.loads(request(server.port, "POST", "/v1/jobs", body))["job_id"]
            assert json.loads(receiver.messages.get(timeout=120))["data"]["job_id"] == job
        expected = {("127.0.0.1", receiver.server_port)}
        assert connections(trace) == expected, f"{connections(trace)} instead of {expected}"
    print("no connection but to the receiver of webhooks")


main()
