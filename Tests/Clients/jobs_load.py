"""Measures jobs over HTTP on one connection: submissions, polls and pages with so many queued, and the memory.

usage: jobs_load.py PROGRAM [COUNT]

Figures need a release build and a quiet machine, and COUNT 10000; a smaller one shows that this program works.
"""

import http.client
import json
import pathlib
import random
import sys
import tempfile
import time

from serving import Serving, recording

# A second of 16-bit samples at 16 kHz behind a header, so that a job is not about its bytes.
LENGTH = 44 + 32_000


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.times = []

    def send(self, method, path, body=None):
        start = time.perf_counter()
        self.connection.request(method, path, body=body)
        response = self.connection.getresponse()
        content = response.read()
        self.times.append((time.perf_counter() - start) * 1_000)
        assert response.status < 300, (path, response.status, content[:200])
        return json.loads(content)

    def figures(self):
        times, self.times = sorted(self.times), []
        return f"mean {sum(times) / len(times):.1f} ms, p99 {times[len(times) * 99 // 100]:.1f} ms"


def memory(server):
    """Resident memory in MB."""
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1_000


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
    random_source = random.Random(1)
    body = recording("06").read_bytes()[:LENGTH]
    with tempfile.TemporaryDirectory() as folder, Serving(
            program, "--enable-jobs", "--jobs-dir", f"{folder}/jobs", "--jobs-max", "1000000", "--jobs-ttl-secs", "0",
            "--jobs-max-bytes", str(1 << 40), "--rate-limit-per-minute", "0") as server:
        client = Client(server.port)
        jobs = [client.send("POST", "/v1/jobs", body)["job_id"] for _ in range(min(count, 100))]
        client.times, before = [], memory(server)
        jobs += [client.send("POST", "/v1/jobs", body)["job_id"] for _ in range(count - len(jobs))]
        print(f"submission: {client.figures()}")
        for _ in range(1_000):
            client.send("GET", f"/v1/jobs/{random_source.choice(jobs)}")
        print(f"poll: {client.figures()}")
        for state in ("", "&status=queued", "&status=done"):
            for _ in range(100):
                client.send("GET", f"/v1/jobs?limit=50&before={random_source.choice(jobs)}{state}")
        print(f"page of 50: {client.figures()}")
        after = memory(server)
        listed = client.send("GET", "/v1/jobs?limit=1000&status=queued")["jobs"]
        print(f"{count} jobs, at least {len(listed)} of them queued; memory {before:.0f} MB after 100, {after:.0f} MB at the end")


main()
