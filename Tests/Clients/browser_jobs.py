"""The jobs of the page in a real browser: files that are dropped, progress, texts, cancellation, erasure, a reload.

usage: browser_jobs.py PROGRAM [FOLDER-FOR-SCREENSHOTS]
"""

import base64
import contextlib
import json
import pathlib
import sys
import tempfile
import time
import wave

import requests

from devtools import Browser, find_browser
from serving import Serving, missing, recording, samples

PROGRAM = sys.argv[1]
SCREENSHOTS = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
KEY = "kR3vTq0ZxWb8uYp5nLd2"
STATUS = "document.querySelector('#jobs-status').textContent"
# The rows of the list: name, state, and the labels of the buttons that are there.
ROWS = """[...document.querySelectorAll('#jobs li')].map((row) => [
  ...[...row.querySelectorAll('span')].map((span) => span.textContent),
  ...[...row.querySelectorAll('button:not([hidden])')].map((button) => button.textContent)])"""


class Page:
    """The page of one server with jobs in one browser."""

    def __init__(self, browser, server):
        self.browser, self.server = browser, server
        browser.call("Network.setUserAgentOverride", userAgent="Chromium", acceptLanguage="ru-RU")
        self.open()

    def open(self):
        self.browser.open(f"{self.server.url}/")
        self.browser.wait("document.querySelector('#jobs') !== null")

    def drop(self, *paths):
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.browser.call("Input.dispatchDragEvent", type=kind, x=200, y=200, data=data)

    def wait(self, name, state):
        """Waits until the row of a recording has a state."""
        self.browser.wait(f"({ROWS}).some(([name, state]) => name === {json.dumps(name)} && state.startsWith({json.dumps(state)}))", 60)

    def press(self, label, name):
        """Presses the button of a row with the keyboard."""
        self.browser.evaluate(
            f"[...document.querySelectorAll('#jobs button')].find((button) => "
            f"button.getAttribute('aria-label') === {json.dumps(f'{label}: {name}')}).focus()")
        self.browser.press(" ", "Space", 32, " ")

    def names(self):
        return [name for name, *_ in self.browser.evaluate(ROWS)]

    def text(self, format):
        """The text that the page shows in a format."""
        self.browser.evaluate(f"document.querySelector('input[value={format}]').click()")
        return self.browser.evaluate(
            "document.querySelector(document.querySelector('#rendering').hidden ? '#text' : '#rendering').textContent")

    def ask(self, method, path, **options):
        answer = requests.request(
            method, f"{self.server.url}/v1/{path}", headers={"Authorization": f"Bearer {KEY}"}, timeout=60, **options)
        answer.encoding = "utf-8"
        return answer

    def jobs(self):
        return self.ask("GET", "jobs").json()["jobs"]

    def screenshot(self, name):
        if SCREENSHOTS:
            data = self.browser.call("Page.captureScreenshot")["data"]
            (SCREENSHOTS / f"{name}.png").write_bytes(base64.b64decode(data))

    @contextlib.contextmanager
    def answering(self, status, body):
        """Answers the next submission in the server's place."""
        self.browser.call("Fetch.enable", patterns=[{"urlPattern": "*/v1/jobs*", "requestStage": "Request"}])
        yield
        paused = lambda event: event["request"]["method"] == "POST"
        request = self.browser.event("Fetch.requestPaused", paused)["requestId"]
        self.browser.call(
            "Fetch.fulfillRequest", requestId=request, responseCode=status,
            responseHeaders=[{"name": "Content-Type", "value": "application/json"}],
            body=base64.b64encode(json.dumps(body).encode()).decode())
        self.browser.call("Fetch.disable")


def asks_for_a_key(page):
    """The list names the cause of a refusal, and appears when the key is entered."""
    browser = page.browser
    browser.wait(f"{STATUS} === 'Сервер требует ключ доступа.'")
    browser.click("#settings summary")
    browser.click("#key")
    browser.call("Input.insertText", text=KEY)
    browser.press("Tab", "Tab", 9)
    browser.press("Escape", "Escape", 27)
    browser.wait(f"{STATUS} === 'Заданий нет.'")


def reads_texts(page):
    """Two recordings are dropped; their texts are those of the interface, in every format."""
    browser, paths = page.browser, [recording("06"), recording("11")]
    # Announced as a few changes of the numbers, not with each step of the progress.
    browser.evaluate(
        "window.said = []; new MutationObserver(() => said.push(document.querySelector('#jobs-status').textContent))"
        ".observe(document.querySelector('#jobs-status'), { childList: true }); 0")
    page.drop(*paths)
    for path in paths:
        page.wait(path.name, "готово")
    browser.wait(f"{STATUS} === 'готово 2'")
    page.screenshot("jobs")
    # Nothing covers the tools, also in a low window.
    for id in ("copy", "download", "clear", "choose"):
        browser.evaluate(f"document.getElementById('{id}').scrollIntoView({{ block: 'nearest' }})")
        assert browser.evaluate(
            "(({ x, y, width, height }) => document.elementFromPoint(x + width / 2, y + height / 2))"
            f"(document.getElementById('{id}').getBoundingClientRect()).closest('button').id") == id, id
    assert len(browser.evaluate("said")) <= 12, browser.evaluate("said")
    # Newest first, as the interface lists them.
    assert page.names() == [path.name for path in reversed(paths)], page.names()
    for path, job in zip(reversed(paths), page.jobs()):
        page.press("Читать", path.name)
        expected = page.ask("GET", f"jobs/{job['job_id']}/result").json()
        browser.wait(f"document.querySelector('#text').textContent.trim() === {json.dumps(expected['text'])}")
        assert len(expected["text"]) > 10
        # The keyboard is at the text.
        assert browser.evaluate("document.activeElement.id") == "paper"
        for format in ("srt", "vtt"):
            rendered = page.ask("POST", "transcribe", params={"format": format}, data=path.read_bytes()).text
            assert page.text(format) == rendered, format
        words = [word["word"] for word in json.loads(page.text("json"))["words"]]
        assert words == [word["word"] for word in expected["words"]]
        page.text("txt")
    with tempfile.TemporaryDirectory() as folder:
        browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=folder, eventsEnabled=True)
        browser.click("#download")
        browser.event("Browser.downloadProgress", lambda progress: progress["state"] == "completed")
        (file,) = pathlib.Path(folder).iterdir()
        assert file.name == f"{paths[0].stem}.txt" and file.read_text(encoding="utf-8").strip() == expected["text"]


def cancels(page, folder):
    """A long recording is cancelled while it is recognised; the one behind it is done."""
    browser, long, short = page.browser, folder / "долгая.wav", recording("01")
    with wave.open(str(long), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(samples(recording("10")) * 12)
    page.drop(long, short)
    page.wait(long.name, "распознаётся: ")
    # The progress is a figure that grows.
    browser.wait(f"({ROWS}).some(([name, state]) => name === {json.dumps(long.name)} && /: [1-9]\\d? %$/.test(state))", 60)
    page.press("Отменить", long.name)
    page.wait(long.name, "отменено")
    page.wait(short.name, "готово")
    assert [job["status"] for job in page.jobs()] == ["done", "cancelled", "done", "done"]
    # What was recognised can be read.
    page.press("Читать", long.name)
    partial = page.ask("GET", f"jobs/{page.jobs()[1]['job_id']}").json()["partial"]
    browser.wait(f"document.querySelector('#text').textContent.trim() === {json.dumps(partial)}")


def erases(page):
    """Erasing asks once more in place; the job is gone for good, and the keyboard is still in the list."""
    browser, name, gone = page.browser, recording("06").name, page.jobs()[-1]["job_id"]
    page.press("Стереть", name)
    assert page.ask("GET", f"jobs/{gone}").status_code == 200
    browser.press(" ", "Space", 32, " ")
    browser.wait(f"!({ROWS}).some(([name]) => name === {json.dumps(name)})")
    assert page.ask("GET", f"jobs/{gone}").status_code == 404
    assert browser.evaluate("document.activeElement.closest('#jobs li') !== null")


def survives_a_reload(page):
    """The list, its names and its texts are there after a reload."""
    before = page.browser.evaluate(ROWS)
    assert len(before) == 3, before
    page.open()
    page.browser.wait(f"JSON.stringify({ROWS}) === {json.dumps(json.dumps(before, ensure_ascii=False, separators=(',', ':')))}")
    page.browser.click("#jobs summary")
    page.press("Читать", recording("01").name)
    expected = page.ask("GET", f"jobs/{page.jobs()[0]['job_id']}/result").json()["text"]
    page.browser.wait(f"document.querySelector('#text').textContent.trim() === {json.dumps(expected)}")


def names_causes(page, folder):
    """A recording without sound, a full queue, a folder: each is explained where it stands."""
    browser, broken = page.browser, folder / "не звук.wav"
    broken.write_bytes(b"no audio at all" * 99)
    page.drop(broken, recording("02"))
    page.wait(broken.name, "не распознано: Не удалось прочитать запись")
    page.wait(recording("02").name, "готово")
    with page.answering(429, {"error": "", "code": "queue_full", "retry_after_ms": 60_000}):
        page.drop(recording("03"), recording("04"))
    page.wait(recording("03").name, "Сервер хранит столько заданий")
    # The others are held, and not refused one by one.
    page.wait(recording("04").name, "ждёт отправки")
    page.press("Повторить", recording("03").name)
    for prefix in ("03", "04"):
        page.wait(recording(prefix).name, "готово")


def is_quiet(page):
    """A tab that is not visible asks for nothing, and looks once when it is visible again."""
    browser = page.browser
    browser.evaluate("""window.asked = []; window.fetch = new Proxy(fetch, { apply: (f, self, [path, ...rest]) => {
        if (path.startsWith('v1/jobs')) asked.push(path); return Reflect.apply(f, self, [path, ...rest]); } }); 0""")
    browser.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true }); 0")
    page.drop(recording("05"), recording("12"))
    browser.wait("!document.querySelector('#jobs-status').textContent.includes('отправляется')")
    end = time.monotonic() + 60
    while any(job["status"] in ("queued", "processing") for job in page.jobs()):
        assert time.monotonic() < end
    asked = browser.evaluate("asked.length")
    # The timer that was set before may fire; it asks for nothing.
    assert asked == 0, asked
    browser.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange')); 0")
    page.wait(recording("12").name, "готово")
    assert browser.evaluate("asked.length") == 1


def turns_pages(page):
    """The list is bounded; older jobs are on further pages of it."""
    browser = page.browser
    while len(page.jobs()) < 30:
        assert page.ask("POST", "jobs", data=recording("06").read_bytes()).status_code == 202
    browser.evaluate("document.dispatchEvent(new Event('visibilitychange')); 0")
    for label, count in ((None, 20), ("Более старые", 10), ("К новым", 20)):
        if label:
            browser.evaluate("[...document.querySelectorAll('#jobs .actions button')]"
                             f".find((button) => button.textContent === '{label}').click()")
        browser.wait(f"document.querySelectorAll('#jobs li').length === {count}")


def fits_a_phone(page):
    """Nothing is cut off at phone size, and every button of the list can be touched."""
    browser = page.browser
    browser.call("Emulation.setDeviceMetricsOverride", width=360, height=640, deviceScaleFactor=2, mobile=True)
    assert browser.evaluate("document.documentElement.scrollWidth") == 360
    heights = browser.evaluate("[...document.querySelectorAll('#jobs button:not([hidden]), #jobs summary')]"
                               ".map((element) => element.getBoundingClientRect().height)")
    assert len(heights) > 20 and min(heights) >= 44, heights
    assert browser.evaluate("document.querySelector('#talk').getBoundingClientRect().bottom") <= 640
    assert browser.evaluate("document.querySelector('#tools').getBoundingClientRect().bottom"
                            " <= document.querySelector('footer').getBoundingClientRect().top")
    page.screenshot("jobs-phone")
    browser.call("Emulation.clearDeviceMetricsOverride")


def main():
    program = find_browser()
    if program is None:
        missing("Chromium was not found")
        return
    done = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "keys").write_text(f"page transcribe {KEY}\n")
        (folder / "keys").chmod(0o600)
        with Serving(PROGRAM, "--enable-jobs", "--jobs-dir", f"{name}/jobs", "--api-key-file", f"{name}/keys") as server, \
                Browser(program, recording("07")) as browser:
            page = Page(browser, server)
            for part, *arguments in (
                    (asks_for_a_key,), (reads_texts,), (cancels, folder), (erases,), (survives_a_reload,),
                    (names_causes, folder), (is_quiet,), (turns_pages,), (fits_a_phone,)):
                start = time.monotonic()
                part(page, *arguments)
                done.append(f"{part.__name__} {time.monotonic() - start:.1f} s")
            # The refusals above are expected; the browser logs them as failed loads, and nothing else.
            unasked = [entry for entry in browser.complaints() if entry.get("source") != "network"]
            assert not unasked, unasked
    print("; ".join(done))


main()
