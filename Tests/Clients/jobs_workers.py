"""Three servers on one PostgreSQL and one folder, of which one is killed or stopped every few seconds.

usage: jobs_workers.py PROGRAM [SECONDS]

PostgreSQL ends at once in the middle, and starts again. The longest recording is cut into parts. At the end every accepted
job must be done, once, with the text of an uninterrupted recognition, each utterance once and in order; a server that was
stopped longer than its lease lasts must not have changed what another one did since.
"""

import contextlib
import http.client
import json
import pathlib
import random
import signal
import sys
import tempfile
import threading
import time

from jobs_kill import expected, request
from postgres_server import Postgres, programs
from serving import Serving, missing, recording

SEED = 20261127
LEASE = 5
RECORDINGS = ("07", "10", "06")


class Workers:
    """The servers, and what was accepted of each."""

    def __init__(self, program, url, folder):
        self.command = (
            program, "--enable-jobs", "--jobs-dir", folder, "--jobs-max", "1000000", "--jobs-ttl-secs", "0",
            "--jobs-max-bytes", str(1 << 40), "--jobs-retry", "1000", "--jobs-lease-secs", str(LEASE),
            "--jobs-part-secs", "12")
        self.environment = {"GIGASTT_JOBS_STORE": url}
        self.running = []

    def start(self):
        server = Serving(*self.command, environment=self.environment)
        server.__enter__()
        self.running.append(server)

    def kill(self, place):
        self.running[place].kill()
        del self.running[place]

    def stop(self):
        while self.running:
            self.running.pop().__exit__(None, None, None)


def submit(workers, bodies, accepted, ended, random_source):
    """Submits to any server; one without an answer gets the same key again, from another."""
    while not ended.is_set():
        place = random_source.randrange(len(bodies))
        key = f"key-{random_source.random()}"
        while not ended.is_set():
            try:
                port = random_source.choice(workers.running).port
                status, answer = request(port, "POST", "/v1/jobs", bodies[place], {"Idempotency-Key": key})
            except (OSError, http.client.HTTPException, IndexError):
                status = 0
            if status == 202:
                accepted.setdefault(json.loads(answer)["job_id"], place)
                break
            assert status in (0, 429, 503), f"a submission was answered {status}: {answer[:200]}"
            ended.wait(0.1)
        ended.wait(random_source.uniform(0.2, 0.6))


def disturb(workers, postgres, seconds, random_source):
    """Kills and stops servers in turn, and PostgreSQL in the middle; returns how often."""
    start, restarted, kills, stops = time.monotonic(), False, 0, 0
    while (passed := time.monotonic() - start) < seconds:
        if not restarted and passed > seconds / 2:
            postgres.restart()
            restarted = True
        place = random_source.randrange(len(workers.running))
        if (kills + stops) % 2:
            workers.kill(place)
            kills += 1
            workers.start()
        else:
            # Longer than the lease: another server takes the job, and the late one must change nothing.
            process = workers.running[place].process
            process.send_signal(signal.SIGSTOP)
            time.sleep(LEASE + 2)
            process.send_signal(signal.SIGCONT)
            stops += 1
        time.sleep(random_source.uniform(0.5, 1.5))
    return kills, stops


def check(postgres, folder, accepted, texts, port):
    for job, place in accepted.items():
        result = json.loads(request(port, "GET", f"/v1/jobs/{job}/result")[1])
        assert result["text"] == texts[place], f"{job}: another text:\n{result['text']}\n{texts[place]}"
    stored = {}
    for job, number, end in postgres.query(
            'SELECT id, utterance.number, "end" FROM gigastt.utterance JOIN gigastt.job ON job.number = utterance.job '
            "ORDER BY id, utterance.number"):
        stored.setdefault(job, []).append((int(number), float(end)))
    for job, place in accepted.items():
        numbers, ends = [row[0] for row in stored[job]], [row[1] for row in stored[job]]
        parts = sorted({number >> 32 for number in numbers})
        assert parts == list(range(len(parts))), f"{job} lacks a part: {numbers}"
        for part in parts:
            places = [number & 0xFFFF_FFFF for number in numbers if number >> 32 == part]
            assert places == list(range(len(places))), f"{job} has a gap: {numbers}"
        assert len(parts) > 1 or RECORDINGS[place] != "10", f"{job} was not cut"
        assert all(first < second for first, second in zip(ends, ends[1:])), f"{job} repeats audio: {ends}"
    # One message for each end: no job ended twice.
    (messages, jobs), = postgres.query("SELECT count(*), (SELECT count(*) FROM gigastt.job) FROM gigastt.delivery")
    assert messages == jobs, f"{jobs} jobs made {messages} ends"


def wait(postgres, seconds):
    deadline = time.monotonic() + seconds
    while True:
        states = dict(postgres.query("SELECT state, count(*) FROM gigastt.job GROUP BY state"))
        if set(states) == {"done"}:
            return
        assert set(states) <= {"queued", "processing", "done"}, f"jobs ended otherwise: {states}"
        assert time.monotonic() < deadline, f"jobs hang: {states}"
        time.sleep(0.1)


def main():
    program, seconds = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 10
    if programs() is None:
        missing("PostgreSQL is not installed: Scripts/packages-debian-tests.txt names it")
        return
    random_source = random.Random(SEED)
    bodies = [recording(name).read_bytes() for name in RECORDINGS]
    texts = expected(program, bodies)
    accepted, ended = {}, threading.Event()
    with tempfile.TemporaryDirectory() as parent, Postgres() as postgres:
        secret, folder = pathlib.Path(parent) / "secret", pathlib.Path(parent) / "jobs"
        secret.write_text("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
        secret.chmod(0o600)
        workers = Workers(program, postgres.url, str(folder))
        # The messages are not received; they count the ends.
        workers.command += ("--webhook-url", "http://127.0.0.1:9/", "--webhook-secret-file", str(secret))
        with contextlib.ExitStack() as stack:
            stack.callback(workers.stop)
            for _ in range(3):
                workers.start()
            client = threading.Thread(target=submit, args=(workers, bodies, accepted, ended, random_source))
            client.start()
            try:
                kills, stops = disturb(workers, postgres, seconds, random.Random(SEED + 1))
            finally:
                ended.set()
                client.join()
            wait(postgres, 60 + seconds)
            check(postgres, folder, accepted, texts, workers.running[0].port)
            # What a killed server has left of jobs that are over goes with the next start. A submission that was cut off
            # between its recording and its job leaves a recording for a day.
            workers.kill(0)
            workers.start()
            known = {job for job, in postgres.query("SELECT id FROM gigastt.job")}
            deadline = time.monotonic() + 30
            while left := known & {path.name for path in (folder / "audio").iterdir()}:
                assert time.monotonic() < deadline, f"audio is left: {left}"
                time.sleep(0.1)
            (attempts,), = postgres.query("SELECT max(attempt) FROM gigastt.job")
    assert accepted, "no job was accepted"
    print(f"3 servers, {kills} kills, {stops} stops, 1 restart of PostgreSQL: {len(accepted)} accepted jobs, 0 lost, "
          f"each ended once, at most {attempts} attempts, seed {SEED}")


main()
