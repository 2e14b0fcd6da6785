"""Requests made up from the served document, right ones and wrong ones; each answer must be one that it names.

usage: schemathesis_client.py URL

The seed is fixed. Two checks are left out: random bytes are no audio, so that right requests may be refused
(positive_data_acceptance), and there is nothing to be logged in to or created here (ignored_auth, use_after_free,
ensure_resource_availability, object_level_authorization).
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

URL = sys.argv[1]
HERE = pathlib.Path(__file__).resolve().parent
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "missing_required_header", "unsupported_method",
    "allow_header_conformance",
]

with tempfile.TemporaryDirectory() as folder:
    done = subprocess.run(
        [
            pathlib.Path(sys.executable).with_name("st"), "run", f"{URL}/openapi.yaml", "--checks", ",".join(CHECKS),
            "--phases", "examples,coverage,fuzzing", "--seed", "20", "--max-examples", "12", "--no-shrink",
            # A connection that became a WebSocket is no place for the next request; the library websockets is.
            "--exclude-operation-id", "live", "--exclude-operation-id", "realtime", "--exclude-operation-id",
            "listenLive", "--exclude-operation-id", "asterisk", "--exclude-operation-id", "fork",
            "--exclude-operation-id", "jambonz",
            # tus answers a wrong version with 412 and wants bodies of its own media type; tus_client.py sends them.
            "--exclude-path-regex", "^/v1/uploads", "--request-timeout", "20", "--suppress-health-check", "all",
            "--warnings", "off", "--report", "ndjson", "--report-dir", folder,
        ],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=170,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE), "NO_COLOR": "1"})
if done.returncode != 0:
    print("\n".join(line[:500] for line in done.stdout.splitlines())[-20_000:])
    raise SystemExit(1)
made = re.search(r"(\d+) generated", done.stdout)
print(f"{made.group(1)} requests" if made else done.stdout.strip().splitlines()[-2])
