"""Firefox without a window, driven by WebDriver BiDi: https://w3c.github.io/webdriver-bidi/"""

import itertools
import json
import pathlib
import shutil
import subprocess
import tempfile
import time

from websockets.sync.client import connect

from waiting import Waiting

# Sound without a click; a microphone that needs no device and no permission; no request of its own.
PREFERENCES = {
    "media.navigator.streams.fake": True, "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0, "intl.accept_languages": "ru-RU, ru", "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False, "app.normandy.enabled": False, "toolkit.telemetry.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False, "services.settings.server": "data:,",
    "browser.safebrowsing.downloads.remote.enabled": False, "remote.prefs.recommended": True,
}


def find_firefox():
    """The path of Firefox; `None` when there is none."""
    return next(filter(None, map(shutil.which, ["firefox-esr", "firefox"])), None)


class Firefox(Waiting):
    """One browser with one page."""

    def __init__(self, program, scheme):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        values = PREFERENCES | {"layout.css.prefers-color-scheme.content-override": {"dark": 0, "light": 1}[scheme]}
        pathlib.Path(self.folder.name, "user.js").write_text(
            "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in values.items()))
        self.command = [program, "--headless", "--remote-debugging-port=0", "--no-remote", "--profile", self.folder.name]
        self.numbers = itertools.count(1)
        self.events = []

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env={"HOME": self.folder.name})
        address = next(line.split()[-1] for line in self.process.stderr if "WebDriver BiDi listening on" in line)
        # Firefox refuses a handshake that says where it comes from.
        self.socket = connect(f"{address}/session", max_size=None, compression=None, origin=None)
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded"])
        self.context = self.call("browsingContext.getTree")["contexts"][0]["context"]
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.kill()
        self.process.wait(10)
        self.process.stderr.close()
        self.folder.cleanup()

    def call(self, method, /, **parameters):
        """Calls a method and returns its result; what happens meanwhile is kept as events."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        end = time.monotonic() + 60
        while True:
            message = json.loads(self.socket.recv(timeout=end - time.monotonic()))
            if message.get("id") != number:
                self.events.append(message)
            elif message["type"] == "error":
                raise AssertionError(f"{method}: {message['message']}")
            else:
                return message["result"]

    def run(self, source):
        """Runs a script, whatever its value."""
        result = self.call(
            "script.evaluate", expression=source, target={"context": self.context}, awaitPromise=True, resultOwnership="none")
        if result["type"] == "exception":
            raise AssertionError(f"{source[:400]}: {result['exceptionDetails']['text']}")
        return result["result"]

    def evaluate(self, expression):
        """The value of a JavaScript expression, awaited."""
        value = self.run(f"(async () => JSON.stringify(await ({expression}) ?? null))()")
        return json.loads(value["value"])

    def open(self, url):
        self.call("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def size(self, width, height):
        self.call("browsingContext.setViewport", context=self.context, viewport={"width": width, "height": height})

    def node(self, selector):
        nodes = self.call("browsingContext.locateNodes", context=self.context, locator={"type": "css", "value": selector})
        return {"sharedId": nodes["nodes"][0]["sharedId"]}

    def choose(self, selector, *paths):
        """Gives files to an input as the file dialogue would."""
        self.call("input.setFiles", context=self.context, element=self.node(selector), files=[str(path) for path in paths])

    def click(self, selector):
        """A mouse click in the middle of an element."""
        origin = {"type": "element", "element": self.node(selector)}
        self.perform("pointer", [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin}, {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0}])

    def type(self, text):
        """Keys of the keyboard, one after the other."""
        self.perform("key", [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")])

    def perform(self, kind, actions):
        self.call("input.performActions", context=self.context, actions=[{"type": kind, "id": kind, "actions": actions}])

    def screenshot(self):
        """A picture of the page, in base64."""
        return self.call("browsingContext.captureScreenshot", context=self.context)["data"]

    def complaints(self):
        """Errors that were logged: violations of the policy are among them."""
        return [event["params"] for event in self.events
                if event.get("method") == "log.entryAdded" and event["params"]["level"] == "error"]
