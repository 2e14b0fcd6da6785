"""Verifies the webhooks of a server with the library of Standard Webhooks, across a receiver that fails and a kill.

usage: webhook_client.py PROGRAM
"""

import base64
import http.client
import http.server
import json
import pathlib
import queue
import sys
import tempfile
import threading

from standardwebhooks import Webhook

from serving import Serving, recording

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


class Receiver(http.server.ThreadingHTTPServer):
    """Answers with `answers` in order, then with 204, and keeps what came."""

    def __init__(self, answers):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.messages = answers, queue.Queue()
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def next(self):
        fields, body = self.messages.get(timeout=120)
        return fields["webhook-id"], Webhook(SECRET).verify(body, fields)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.messages.put((dict(self.headers.items()), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def submit(port, body):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/v1/jobs", body=body)
    return json.loads(connection.getresponse().read())["job_id"]


def main():
    program, body = sys.argv[1], recording("06").read_bytes()
    with tempfile.TemporaryDirectory() as parent:
        secret = pathlib.Path(parent) / "secret"
        secret.write_text(SECRET + "\n")
        secret.chmod(0o600)
        receiver = Receiver([500])
        arguments = ["--enable-jobs", "--jobs-dir", f"{parent}/jobs", "--webhook-secret-file", str(secret),
                     "--webhook-url", receiver.url]
        with Serving(program, *arguments) as server:
            first = submit(server.port, body)
            assert receiver.next()[0] == f"{first}_done"
            # The message was refused and is owed; the server dies before the next attempt.
            server.kill()
        with Serving(program, *arguments) as server:
            identifier, message = receiver.next()
            assert identifier == f"{first}_done", identifier
            assert message["type"] == "job.done" and message["data"]["job_id"] == first, message
            failed = submit(server.port, bytes(range(256)) * 20)
            identifier, message = receiver.next()
            assert identifier == f"{failed}_failed" and message["data"]["error"], message
        assert receiver.messages.empty()
    print("3 webhooks verified, one across a kill")


main()
