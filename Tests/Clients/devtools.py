"""A browser without a window, driven by the DevTools protocol: https://chromedevtools.github.io/devtools-protocol/"""

import itertools
import json
import shutil
import subprocess
import tempfile
import time

from websockets.sync.client import connect

from waiting import Waiting


def find_browser():
    """The path of Chromium or Chrome; `None` when there is none."""
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    return next(filter(None, map(shutil.which, names)), None)


class Browser(Waiting):
    """One browser with one page. Its microphone plays a file, once, from the moment it is opened."""

    def __init__(self, program, microphone, *arguments):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.command = [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-extensions", "--disable-background-networking", "--disable-component-update",
            "--remote-debugging-port=0", f"--user-data-dir={self.folder.name}/profile",
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={microphone}%noloop", *arguments, "about:blank",
        ]
        self.numbers = itertools.count(1)
        self.events = []

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        address = next(line.split()[-1] for line in self.process.stderr if line.startswith("DevTools listening on"))
        self.socket = connect(address, max_size=None, compression=None)
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "DOM"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.kill()
        self.process.wait(10)
        self.process.stderr.close()
        self.folder.cleanup()

    def call(self, method, /, **parameters):
        """Calls a method and returns its result; what happens meanwhile is kept as events."""
        number = self.send(method, **parameters)
        end = time.monotonic() + 60
        while True:
            message = json.loads(self.socket.recv(timeout=end - time.monotonic()))
            if message.get("id") != number:
                self.note(message)
            elif "error" in message:
                raise AssertionError(f"{method}: {message['error']}")
            else:
                return message["result"]

    def send(self, method, /, **parameters):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        return number

    def note(self, message):
        """Keeps an event. A question of the page ("leave?") is answered with yes, or else the page would wait for ever."""
        self.events.append(message)
        if message.get("method") == "Page.javascriptDialogOpening":
            self.send("Page.handleJavaScriptDialog", accept=True)

    def event(self, method, accept=lambda parameters: True, timeout=30):
        """The first event of a kind, from those that were kept or those that come; it is taken out."""
        end = time.monotonic() + timeout
        seen = 0
        while True:
            for message in self.events[seen:]:
                if message.get("method") == method and accept(message["params"]):
                    self.events.remove(message)
                    return message["params"]
            seen = len(self.events)
            try:
                self.note(json.loads(self.socket.recv(timeout=max(0, end - time.monotonic()))))
            except TimeoutError:
                raise AssertionError(f"no {method} within {timeout} s") from None

    def dialogs(self):
        """The kinds of questions that pages asked since the last call."""
        asked = [event for event in self.events if event.get("method") == "Page.javascriptDialogOpening"]
        self.events = [event for event in self.events if event not in asked]
        return [event["params"]["type"] for event in asked]

    def evaluate(self, expression):
        """The value of a JavaScript expression, awaited."""
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise AssertionError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def open(self, url):
        self.events = [event for event in self.events if event.get("method") != "Page.loadEventFired"]
        self.call("Page.navigate", url=url)
        self.event("Page.loadEventFired")

    def click(self, selector):
        """A mouse click in the middle of an element, which is scrolled to."""
        place = self.evaluate(
            f"(() => {{ const element = document.querySelector({json.dumps(selector)});"
            " element.scrollIntoView({ block: 'nearest' }); const box = element.getBoundingClientRect();"
            " return { x: box.x + box.width / 2, y: box.y + box.height / 2 }; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)

    def press(self, key, code, number, text=""):
        """A key of the keyboard."""
        key = {"key": key, "code": code, "windowsVirtualKeyCode": number}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **key)
        self.call("Input.dispatchKeyEvent", type="keyUp", **key)

    def complaints(self):
        """Errors of scripts, and everything that the browser logs as an error: violations of the policy are among them."""
        found = []
        for event in self.events:
            if event.get("method") == "Runtime.exceptionThrown":
                found.append(event["params"]["exceptionDetails"])
            elif event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
                found.append(event["params"]["entry"])
            elif event.get("method") == "Runtime.consoleAPICalled" and event["params"]["type"] in ("error", "assert"):
                found.append(event["params"])
        return found
