"""Runs each part against one server and prints its duration.

usage: check.py PROGRAM [PART…]
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

import requests

from serving import ROOT, Serving, recording

HERE = pathlib.Path(__file__).resolve().parent
PARTS = {
    "documents": [HERE / "documents.py"],
    "websockets": [ROOT / "Tests/GigaSTTServerTests/Program/stranger.py"],
    "requests": [HERE / "requests_client.py"],
    "openai": [ROOT / "Tests/GigaSTTServerTests/Program/openai_client.py"],
    "vosk": [HERE / "vosk_client.py"],
    "wyoming": [HERE / "wyoming_client.py"],
    "audiosocket": [HERE / "audiosocket_client.py"],
    "telephony": [HERE / "telephony_client.py"],
    "deepgram": [HERE / "deepgram_client.py"],
    "realtime": [HERE / "realtime_client.py"],
    "mixed": [HERE / "mixed.py"],
    "curl": [HERE / "curl_client.py"],
    "schemathesis": [HERE / "schemathesis_client.py"],
    "commands": [HERE / "commands.py"],
    "deploy": [HERE / "deploy.py"],
    "browser": [HERE / "browser.py"],
    "browser_reader": [HERE / "browser_reader.py"],
    "browser_failures": [HERE / "browser_failures.py"],
    "browser_firefox": [HERE / "browser_firefox.py"],
    "browser_jobs": [HERE / "browser_jobs.py"],
    "jobs_kill": [HERE / "jobs_kill.py"],
    "jobs_workers": [HERE / "jobs_workers.py"],
    "jobs_objects": [HERE / "jobs_objects.py"],
    "webhook": [HERE / "webhook_client.py"],
    "tus": [HERE / "tus_client.py"],
    "connections": [HERE / "connections.py"],
    "jobs_load": [HERE / "jobs_load.py"],
    "python": [HERE / "python_client.py"],
    "bundle": [HERE / "bundle.py"],
}
# Parts that run a server of their own.
OWN_SERVER = ("browser", "browser_reader", "browser_failures", "browser_firefox", "browser_jobs", "commands", "deploy",
              "jobs_kill", "jobs_workers", "jobs_objects", "webhook", "tus", "connections", "jobs_load", "python", "bundle")
# What is served beyond the protocols of gigastt and OpenAI.
PROTOCOLS = ["--vosk", "127.0.0.1:0", "--wyoming", "127.0.0.1:0", "--audiosocket", "127.0.0.1:0", "--deepgram",
             "--asterisk", "--freeswitch", "--jambonz"]


def arguments(part, program, server):
    if part in OWN_SERVER:
        return [program]
    if part == "mixed":
        return [json.dumps(server.ready)]
    if part == "vosk":
        return [server.ready["vosk"]]
    if part in ("deepgram", "realtime"):
        return [str(server.port)]
    if part not in ("websockets", "openai", "wyoming", "audiosocket", "telephony"):
        return [server.url]
    path = recording("07")
    text = requests.post(f"{server.url}/v1/transcribe?format=txt", data=path.read_bytes(), timeout=60).text
    if part == "wyoming":
        return [server.ready["wyoming"], text.strip()]
    if part == "audiosocket":
        return [server.ready["audiosocket"], str(server.port), text.strip()]
    if part == "telephony":
        return [str(server.port), text.strip()]
    if part == "openai":
        return [f"{server.url}/v1", str(path), text, str(recording("11"))]
    return [str(server.port), str(path), text]


def main():
    program, chosen = sys.argv[1], sys.argv[2:] or list(PARTS)
    with tempfile.TemporaryDirectory() as folder, Serving(
            program, "--enable-jobs", "--jobs-dir", f"{folder}/jobs", "--voice-consent", *PROTOCOLS) as server:
        for part in chosen:
            start = time.monotonic()
            done = subprocess.run(
                [sys.executable, *map(str, PARTS[part]), *arguments(part, program, server)], timeout=300,
                stdout=subprocess.PIPE, text=True)
            if done.returncode != 0:
                print(done.stdout)
                raise SystemExit(f"clients: {part} failed")
            print(f"clients: {part}: {done.stdout.strip().splitlines()[-1]}, {time.monotonic() - start:.1f} s",
                  flush=True)


main()
