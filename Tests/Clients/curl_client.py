"""curl: every command of the documents, and behaviour that only curl has.

usage: curl_client.py URL
"""

import json
import re
import shlex
import subprocess
import sys

from serving import ROOT, recording

URL = sys.argv[1]
DOCUMENTED = "http://127.0.0.1:9876"


def curl(*arguments, source=None):
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "60", *arguments], input=source, capture_output=True, cwd=ROOT)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout.decode()


def documented():
    """The lines of the documents that begin with `curl` and speak to the documented address, joined where they go on."""
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for block in re.findall(r"^```[a-z]*\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
            for line in block.replace("\\\n", " ").splitlines():
                if line.startswith("curl ") and DOCUMENTED in line and "$" not in line:
                    yield path, shlex.split(line, comments=True)[1:]


count = 0
for path, arguments in documented():
    arguments = [argument.replace(DOCUMENTED, URL) for argument in arguments]
    output = curl("--fail", *arguments)
    assert output, (path, arguments)
    count += 1
assert count >= 2, "the README has commands"

audio = recording("03").read_bytes()
address = f"{URL}/v1/transcribe?format=txt"
text = curl("--data-binary", f"@{recording('03')}", address)
assert len(text.split()) > 5, text
# A body of unknown length, as from a pipe.
assert curl("--data-binary", "@-", "-H", "Transfer-Encoding: chunked", address, source=audio) == text
assert curl("-T", "-", "-X", "POST", address, source=audio) == text
# HTTP/1.0 knows no chunks and no connections that stay.
assert curl("--http1.0", "--data-binary", f"@{recording('03')}", address) == text
events = curl("--http1.0", "-N", "--data-binary", f"@{recording('03')}", f"{URL}/v1/transcribe/stream")
assert " ".join(json.loads(line[6:])["text"] for line in events.splitlines() if line.startswith("data: ")) == text


def trace(*arguments):
    """What came back, with the heads of all answers."""
    return curl("--include", *arguments)


# With `Expect: 100-continue` a large body is sent after 100, or refused before it is sent.
welcome = trace("-H", "Expect: 100-continue", "--data-binary", f"@{recording('10')}", address)
assert welcome.startswith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), welcome[:200]
refused = trace(
    "-H", "Expect: 100-continue", "-H", f"Content-Length: {1 << 33}", "--data-binary", f"@{recording('03')}", address)
assert refused.startswith("HTTP/1.1 413 "), refused[:200]
assert "payload_too_large" in refused, refused
# HEAD and OPTIONS, of the page as well.
assert "HTTP/1.1 200 OK" in trace("--head", f"{URL}/"), "HEAD of the page"
assert "HTTP/1.1 405 " in trace("-X", "OPTIONS", f"{URL}/"), "OPTIONS of the page"
print(f"{count} documented commands")
