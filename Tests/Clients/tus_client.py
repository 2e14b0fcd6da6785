"""Uploads recordings by tuspy, across a connection that breaks and a server that is killed.

usage: tus_client.py PROGRAM
"""

import http.client
import io
import json
import socket
import sys
import tempfile
import threading
import time

from tusclient.client import TusClient

from relay import relay
from serving import Serving, free_port, recording


class BreakingProxy:
    """Passes connections on to a port; the first breaks after so many bytes."""

    def __init__(self, target, limit):
        self.target, self.limit = target, limit
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            for pair in ((client, server, self.passes), (server, client)):
                threading.Thread(target=relay, args=pair, daemon=True).start()

    def passes(self, count):
        if self.limit is not None:
            self.limit -= count
            if self.limit < 0:
                self.limit = None
                return False
        return True


def request(port, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body=body)
    return connection.getresponse().read()


def text(port, location):
    job = location.rsplit("/", 1)[1]
    deadline = time.monotonic() + 120
    while json.loads(request(port, "GET", f"/v1/jobs/{job}")).get("status") != "done":
        assert time.monotonic() < deadline, "the job is not done"
        time.sleep(0.05)
    return json.loads(request(port, "GET", f"/v1/jobs/{job}/result"))["text"]


def main():
    program, body = sys.argv[1], recording("10").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        # The same port each time: a client goes on under the URL that it has.
        arguments = ["--enable-jobs", "--jobs-dir", f"{folder}/jobs", "--port", str(free_port())]
        with Serving(program, *arguments) as server:
            expected = json.loads(request(server.port, "POST", "/v1/transcribe", body))["text"]
            # A connection that breaks in the middle of a part.
            proxy = BreakingProxy(server.port, len(body) // 2)
            uploader = TusClient(f"http://127.0.0.1:{proxy.port}/v1/uploads").uploader(
                file_stream=io.BytesIO(body), chunk_size=1 << 16, retries=20, retry_delay=1)
            uploader.upload()
            assert proxy.limit is None, "the connection did not break"
            assert text(server.port, uploader.url) == expected
            # Checksums, and a server that is killed after some parts.
            uploader = TusClient(f"{server.url}/v1/uploads").uploader(
                file_stream=io.BytesIO(body), chunk_size=1 << 16, upload_checksum=True)
            uploader.upload(stop_at=3 << 16)
            server.kill()
        with Serving(program, *arguments) as server:
            rest = TusClient(f"{server.url}/v1/uploads").uploader(
                file_stream=io.BytesIO(body), chunk_size=1 << 16, upload_checksum=True, url=uploader.url)
            assert rest.offset == 3 << 16, rest.offset
            rest.upload()
            assert text(server.port, rest.url) == expected
    print(f"2 uploads of {len(body)} bytes, one across a broken connection, one across a kill")


main()
