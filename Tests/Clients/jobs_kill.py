"""Kills a server with jobs at random instants under load, and starts it again: no accepted job may be lost.

usage: jobs_kill.py PROGRAM [KILLS]

Each round submits recordings while jobs are recognised, and ends the process with SIGKILL after a random time. At the
end every accepted job must be done, with the text of an uninterrupted recognition, each utterance once and in order,
and no attempt may have repeated more than one utterance that was decided.
"""

import http.client
import json
import pathlib
import random
import sqlite3
import sys
import tempfile
import threading
import time

from serving import Serving, recording

SEED = 20261126
# A kill is not the fault of the recording.
RETRIES = "1000"


def request(port, method, path, body=None, fields={}):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body=body, headers=fields)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def expected(program, bodies):
    """The text of each recording, recognised in one go."""
    with Serving(program) as server:
        return [json.loads(request(server.port, "POST", "/v1/transcribe", body)[1])["text"] for body in bodies]


def submit(port, bodies, number, accepted, random_source):
    """Submits until the server dies. A submission without an answer may or may not be stored, so its key is sent again."""
    place = random_source.randrange(len(bodies))
    key = f"key-{number}-{place}"
    while True:
        try:
            status, answer = request(port, "POST", "/v1/jobs", bodies[place], {"Idempotency-Key": key})
        except OSError:
            return
        except http.client.HTTPException:
            return
        if status == 202:
            accepted.setdefault(json.loads(answer)["job_id"], place)
        elif status not in (429, 503):
            raise SystemExit(f"a submission was answered {status}: {answer[:200]}")
        time.sleep(random_source.uniform(0, 0.2))
        place = random_source.randrange(len(bodies))
        key = f"key-{number}-{place}-{random_source.random()}"


def utterances(folder):
    """What is stored: job → its utterances in order."""
    database = sqlite3.connect(f"file:{folder / 'jobs.sqlite'}?mode=ro", uri=True)
    found = {}
    for job, number, end, text in database.execute(
            "SELECT id, utterance.number, utterance.end, text FROM utterance JOIN job ON job.number = utterance.job "
            "ORDER BY id, utterance.number"):
        found.setdefault(job, []).append((number, end, text))
    database.close()
    return found


def unfinished(folder):
    """How many jobs are not over."""
    database = sqlite3.connect(f"file:{folder / 'jobs.sqlite'}?mode=ro", uri=True)
    (count,), = database.execute("SELECT count(*) FROM job WHERE state IN ('queued', 'processing')")
    database.close()
    return count


def main():
    program, kills = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 6
    random_source = random.Random(SEED)
    bodies = [recording(name).read_bytes() for name in ("07", "10", "06")]
    texts = expected(program, bodies)
    accepted, before = {}, {}
    with tempfile.TemporaryDirectory() as parent:
        folder = pathlib.Path(parent) / "jobs"
        arguments = ["--enable-jobs", "--jobs-dir", str(folder), "--jobs-max", "1000000", "--jobs-ttl-secs", "0",
                     "--jobs-max-bytes", str(1 << 40), "--jobs-retry", RETRIES, "--batch-pool-size", "2",
                     "--pool-size", "3"]
        for number in range(kills):
            with Serving(program, *arguments) as server:
                # No more than can be recognised at the end in a reasonable time.
                waiting = len(accepted) < 60 or kills < 60
                client = threading.Thread(
                    target=submit, args=(server.port, bodies, number, accepted, random_source))
                if waiting:
                    client.start()
                time.sleep(random_source.uniform(0, 1.5))
                server.kill()
                if waiting:
                    client.join()
            after = utterances(folder)
            # What was decided stays, word for word.
            for job, known in before.items():
                assert after.get(job, [])[:len(known)] == known, f"{job} lost utterances"
            before = after
        with Serving(program, *arguments) as server:
            for job, place in accepted.items():
                deadline = time.monotonic() + 600
                while True:
                    status = json.loads(request(server.port, "GET", f"/v1/jobs/{job}")[1])
                    if status.get("status") == "done":
                        break
                    assert status.get("status") in ("queued", "processing"), f"{job} was lost: {status}"
                    assert time.monotonic() < deadline, f"{job} hangs: {status}"
                    time.sleep(0.05)
                result = json.loads(request(server.port, "GET", f"/v1/jobs/{job}/result")[1])
                assert result["text"] == texts[place], f"{job}: another text:\n{result['text']}\n{texts[place]}"
            # A job that was stored before a kill, and whose answer was lost, is done like the others.
            deadline = time.monotonic() + 60
            while unfinished(folder):
                assert time.monotonic() < deadline, "a job without an answer hangs"
                time.sleep(0.05)
        stored = utterances(folder)
        for job in accepted:
            numbers, ends = [row[0] for row in stored[job]], [row[1] for row in stored[job]]
            assert numbers == list(range(len(numbers))), f"{job} has a gap: {numbers}"
            assert all(first < second for first, second in zip(ends, ends[1:])), f"{job} repeats audio: {ends}"
        left = list((folder / "audio").iterdir())
        assert not left, f"audio is left: {left}"
    print(f"{kills} kills, {len(accepted)} accepted jobs, 0 lost, 0 stored twice, seed {SEED}")


if __name__ == "__main__":
    main()
