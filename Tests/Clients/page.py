"""The page of one server in one browser, as the checks of the page use it."""

import base64
import contextlib
import json
import pathlib
import sys
import time

import requests

# The second argument of each check is a folder for screenshots.
SCREENSHOTS = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
IDLE = "!document.body.classList.contains('busy')"


def text_of(selector):
    return f"document.querySelector({json.dumps(selector)}).textContent"


class Page:
    """The page of one server in one browser."""

    def __init__(self, browser, server, language="ru-RU", url=None):
        self.browser, self.server, self.url = browser, server, url or f"{server.url}/"
        browser.call("Network.setUserAgentOverride", userAgent="Chromium", acceptLanguage=language)
        browser.open(self.url)
        browser.wait(f"{text_of('#model')}.startsWith('giga')")

    def run(self, *checks, expected=("network",)):
        """Runs checks, each with its arguments, and returns their names and durations.

        What they provoke is logged by the browser under the `expected` sources; anything else is a failure.
        """
        done = []
        for check, *arguments in checks:
            start = time.monotonic()
            check(self, *arguments)
            done.append(f"{check.__name__} {time.monotonic() - start:.1f} s")
        unasked = [entry for entry in self.browser.complaints() if entry.get("source") not in expected]
        assert not unasked, unasked
        return done

    def rendered(self, path, format):
        """The server's own rendering of a file."""
        answer = requests.post(
            f"{self.server.url}/v1/transcribe", params={"format": format}, data=path.read_bytes(), timeout=60)
        answer.encoding = "utf-8"
        return answer.text

    def choose(self, *paths):
        """Gives files to the page as the file dialogue would."""
        root = self.browser.call("DOM.getDocument")["root"]["nodeId"]
        node = self.browser.call("DOM.querySelector", nodeId=root, selector="#picker")["nodeId"]
        self.browser.call("DOM.setFileInputFiles", nodeId=node, files=[str(path) for path in paths])

    def drop(self, path):
        data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.browser.call("Input.dispatchDragEvent", type=kind, x=200, y=200, data=data)

    def format(self, name):
        """The text that the page shows in a format."""
        self.browser.wait("document.querySelector('#edit') !== null")
        self.browser.evaluate(f"document.querySelector('input[value={name}]').click()")
        return self.browser.evaluate(
            f"document.querySelector('#rendering').hidden ? {text_of('#text')} : {text_of('#rendering')}")

    def notice(self, start):
        self.browser.wait(f"!document.querySelector('#notice').hidden && {text_of('#notice-text')}.startsWith({json.dumps(start)})")

    def screenshot(self, name):
        if SCREENSHOTS:
            data = self.browser.call("Page.captureScreenshot")["data"]
            (SCREENSHOTS / f"{name}.png").write_bytes(base64.b64decode(data))

    @contextlib.contextmanager
    def answering(self, path, status, body):
        """Answers the next request for a path; yields a list that receives its headers and its `url`."""
        asked = []
        self.browser.call("Fetch.enable", patterns=[{"urlPattern": f"*{path}*"}])
        yield asked
        request = self.browser.event("Fetch.requestPaused")
        asked.append({name.lower(): value for name, value in request["request"]["headers"].items()}
                     | {"url": request["request"]["url"]})
        self.browser.call(
            "Fetch.fulfillRequest", requestId=request["requestId"], responseCode=status,
            responseHeaders=[{"name": "Content-Type", "value": "application/json"}],
            body=base64.b64encode(json.dumps(body).encode()).decode())
        self.browser.call("Fetch.disable")
