"""The page in a real browser: a microphone that plays a recording, files, formats, failures, a phone.

usage: browser.py PROGRAM [FOLDER-FOR-SCREENSHOTS]
"""

import json
import pathlib
import sys
import tempfile

from devtools import Browser, find_browser
from page import IDLE, Page, text_of
from proxies import Nginx
from serving import Serving, missing, recording

PROGRAM = sys.argv[1]


def speaks(page):
    """Spoken words appear, first as a partial, then as a final."""
    browser = page.browser
    assert browser.evaluate("document.documentElement.lang") == "ru"
    browser.click("#talk")
    browser.wait(f"{text_of('#partial')}.length > 12")
    page.screenshot("speaking")
    assert browser.evaluate("document.querySelector('#talk').getAttribute('aria-label')") == "Остановить"
    heard = browser.wait(text_of("#text"))
    browser.wait(f"{text_of('#latency')}.includes('фраза')")
    browser.click("#talk")
    browser.wait(IDLE)
    heard = browser.evaluate(text_of("#text")).split()
    expected = page.rendered(recording("07"), "txt").split()
    # The browser's own converters and gain are on the way: nearly every word, not every letter.
    assert len(set(expected) & set(heard)) >= len(expected) - 2, (expected, heard)
    page.screenshot("spoken")


def reads_files(page):
    """A chosen file is transcribed, and every format is the server's own."""
    browser, path = page.browser, recording("11")
    page.choose(path)
    browser.wait(f"{IDLE} && {text_of('#text')}.length > 100")
    assert page.format("txt").strip() == page.rendered(path, "txt")
    for format in ("srt", "vtt", "md"):
        shown, expected = page.format(format), page.rendered(path, format)
        assert shown == expected, (shown, expected)
    # Pauses end a subtitle, too.
    page.choose(recording("12"))
    browser.wait(f"{IDLE} && {text_of('#text')}.includes('телевизор')")
    for format in ("srt", "vtt"):
        assert page.format(format) == page.rendered(recording("12"), format), page.format(format)
    page.format("txt")
    page.choose(path)
    browser.wait(f"{IDLE} && {text_of('#text')}.length > 100")
    page.screenshot("subtitles")
    shown, expected = json.loads(page.format("json")), json.loads(page.rendered(path, "json"))
    for word in expected["words"]:
        # The server prints the sums of its clocks, the page whole milliseconds.
        word["start"], word["end"] = round(word["start"], 3), round(word["end"], 3)
    for name in ("text", "words", "duration"):
        assert shown[name] == expected[name], (shown[name], expected[name])
    page.format("srt")
    with tempfile.TemporaryDirectory() as folder:
        browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=folder, eventsEnabled=True)
        browser.click("#download")
        browser.event("Browser.downloadProgress", lambda progress: progress["state"] == "completed")
        (file,) = pathlib.Path(folder).iterdir()
        assert file.name == "11_dialogue.srt", file
        assert file.read_text(encoding="utf-8") == page.rendered(path, "srt")
    page.format("txt")
    # Clearing can be undone.
    before = browser.evaluate(text_of("#text"))
    browser.click("#clear")
    assert browser.evaluate(text_of("#text")) == ""
    browser.click("#notice-action")
    assert browser.evaluate(text_of("#text")) == before


def writes_numbers_as_chosen(page):
    """The switch of the settings decides whether numbers are digits, in the text and in subtitles."""
    browser, path = page.browser, recording("04")
    assert browser.evaluate("document.querySelector('#numbers').checked")
    assert browser.evaluate("document.querySelector('#punctuation').disabled")
    for expected in ("3249,90 ₽", "три тысячи двести сорок девять рублей девяносто копеек"):
        page.choose(path)
        browser.wait(f"{IDLE} && {text_of('#text')}.includes({json.dumps(expected)})")
        assert expected.split()[0] in page.format("srt")
        page.format("txt")
        browser.evaluate("document.querySelector('#numbers').click()")
    assert browser.evaluate("document.querySelector('#numbers').checked")


def reads_long_files(page):
    """A long file is dropped, and its text appears while it is read."""
    browser, path = page.browser, recording("10")
    # Watched from inside: on a fast machine the moment is short.
    browser.evaluate(
        "window.seen = []; new MutationObserver(() => seen.push(document.body.classList.contains('busy')))"
        ".observe(document.querySelector('#text'), { childList: true, subtree: true }); 0")
    page.drop(path)
    browser.wait(f"{IDLE} && {text_of('#text')}.length > 400", 50)
    assert page.format("txt").split() == page.rendered(path, "txt").split()
    assert browser.evaluate("seen.filter((busy) => busy).length") > 5
    # The end of the text is visible.
    browser.wait("(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight < 2)"
                 "(document.querySelector('#paper'))")


def explains_failures(page):
    """Each failure is explained in words, with what to do."""
    browser = page.browser
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        file.write(b"no audio at all" * 99)
        file.flush()
        page.choose(file.name)
        page.notice("Не удалось прочитать запись")
    short = recording("06")
    with page.answering("/v1/transcribe", 503, {"error": "", "code": "timeout", "retry_after_ms": 1_200}):
        page.choose(short)
    page.notice("Сервер занят. Повторить можно через")
    assert browser.evaluate("document.querySelector('#notice-action').disabled")
    browser.wait("!document.querySelector('#notice-action').disabled")
    browser.click("#notice-action")
    browser.wait(f"{IDLE} && {text_of('#text')}.includes('погода')")
    with page.answering("/v1/transcribe", 401, {"error": "", "code": "unauthorized"}):
        page.choose(short)
    page.notice("Сервер требует ключ")
    browser.click("#notice-action")
    browser.wait("document.activeElement.id === 'key'")
    browser.call("Input.insertText", text="key/1?")
    browser.press("Tab", "Tab", 9)
    browser.press("Escape", "Escape", 27)
    kept = browser.evaluate("[Object.keys(sessionStorage).sort(), localStorage.length, document.cookie].join()")
    assert kept == "gigastt.key,gigastt.transcript,0,", kept
    # base64url of the key, by hand: RFC 4648 section 5.
    encoded = "a2V5LzE_"
    browser.evaluate("""window.offered = null; window.WebSocket = class extends WebSocket {
        constructor(address, protocols) { super(address); window.offered = protocols; } }; 0""")
    browser.click("#talk")
    assert browser.wait("window.offered") == ["gigastt.v1", f"gigastt.key.{encoded}"]
    browser.press("Escape", "Escape", 27)
    browser.wait(IDLE)
    browser.evaluate("sessionStorage.removeItem('gigastt.key')")


def names_the_cause(page):
    """A refusal by the server is not taken for a fault of the microphone, and a limit is called a limit."""
    browser, short = page.browser, recording("06")
    refusals = [
        (403, {"error": "", "code": "origin_denied"}, "Сервер не принимает запросы со страниц адреса http://127.0.0.1"),
        (429, {"error": "", "code": "rate_limited", "retry_after_ms": 900}, "Слишком много запросов"),
        (503, {"error": "", "code": "timeout", "retry_after_ms": 900}, "Сервер занят"),
        (401, {"error": "", "code": "unauthorized"}, "Сервер требует ключ"),
    ]
    for status, body, text in refusals:
        # The worklet is refused, without a reason as always; the request that asks for it gets the answer.
        browser.open(page.url)
        browser.evaluate("AudioWorklet.prototype.addModule = () => Promise.reject(new DOMException('', 'AbortError')); 0")
        with page.answering("/v1/transcribe", status, body):
            browser.click("#talk")
        page.notice(text)
        assert browser.evaluate(IDLE)
        with page.answering("/v1/transcribe", status, body):
            page.choose(short)
        page.notice(text)
    with page.answering("/v1/transcribe", 413, {"error": "", "code": "audio_too_long"}):
        page.choose(short)
    page.notice("Запись длиннее")
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        page.choose(file.name)
        page.notice("Файл пуст")
    # A browser without permission for the microphone: that is the microphone.
    browser.evaluate("navigator.mediaDevices.getUserMedia = () =>"
                     " Promise.reject(new DOMException('', 'NotAllowedError')); 0")
    browser.click("#talk")
    page.notice("Браузер не дал доступ к микрофону")


def keeps_the_text(page):
    """The text survives a reload. Leaving asks, unless the text was copied or downloaded."""
    browser, path = page.browser, recording("11")
    browser.open(page.url)
    browser.click("#clear")
    page.choose(path)
    browser.wait(f"{IDLE} && {text_of('#text')}.length > 100")
    browser.click("#notice-close")
    shown = {format: page.format(format) for format in ("json", "srt", "txt")}
    browser.dialogs()
    browser.open(page.url)
    # The question of a page that is left with a text that is nowhere else.
    assert browser.dialogs() == ["beforeunload"]
    assert {format: page.format(format) for format in ("json", "srt", "txt")} == shown
    browser.click("#copy")
    browser.wait(f"{text_of('#copy')} === 'Скопировано'")
    browser.open(page.url)
    assert browser.dialogs() == []
    assert page.format("txt") == shown["txt"]
    browser.click("#clear")
    browser.open(page.url)
    assert browser.evaluate(text_of("#text")) == ""
    # Words without a final are kept as they were shown.
    browser.click("#talk")
    partial = browser.wait(f"{text_of('#partial')}.length > 12 && {text_of('#partial')}")
    browser.open(page.url)
    assert browser.dialogs() == ["beforeunload"]
    kept = browser.evaluate(text_of("#text"))
    assert kept.split()[:2] == partial.split()[:2], (kept, partial)


def works_below_a_prefix(browser):
    """Behind the shipped nginx.conf, whose location is moved to /stt/: page, recordings, live speech, documents."""
    with Nginx(prefix="/stt/") as proxy, Serving(PROGRAM, "--public-url", proxy.url) as server:
        proxy.start(server.port)
        page = Page(browser, server, url=proxy.url)
        page.choose(recording("06"))
        browser.wait(f"{IDLE} && {text_of('#text')}.includes('погода')")
        page.choose(recording("10"))
        browser.wait(f"{IDLE} && {text_of('#text')}.length > 400", 50)
        browser.click("#clear")
        browser.click("#talk")
        browser.wait(f"{text_of('#partial')}.length > 12")
        browser.click("#talk")
        browser.wait(IDLE)
        assert browser.evaluate(text_of("#text")).strip()
        for name in ("openapi.yaml", "asyncapi.yaml"):
            address = browser.evaluate(f"document.querySelector('a[href$=\"{name}\"]').href")
            assert browser.evaluate(f"fetch({json.dumps(address)}).then((answer) => answer.status)") == 200, address


def keeps_what_was_said(page):
    """A connection that breaks during a session keeps the words and offers to reconnect."""
    browser = page.browser
    browser.open(f"{page.server.url}/")
    # By keyboard: the button is reached and pressed without a mouse.
    browser.evaluate("document.querySelector('#choose').focus()")
    browser.press("Tab", "Tab", 9)
    assert browser.evaluate("document.activeElement.id") == "talk"
    browser.press(" ", "Space", 32, " ")
    words = browser.wait(text_of("#text"))
    page.server.kill()
    page.notice("Связь с сервером прервалась")
    # Words that had no final yet are kept, too.
    assert browser.evaluate(text_of("#text")).startswith(words)
    assert browser.evaluate(text_of("#notice-action")) == "Подключиться снова"
    assert browser.evaluate(IDLE)
    browser.wait(f"{text_of('#model')} === 'сервер не отвечает'")
    # The reason is the server, not the microphone.
    browser.click("#notice-action")
    page.notice("Сервер не отвечает")
    page.screenshot("lost")


def fits_a_phone(page):
    """Nothing is cut off at phone size, and the main button is large."""
    browser = page.browser
    browser.call("Emulation.setDeviceMetricsOverride", width=360, height=640, deviceScaleFactor=2, mobile=True)
    assert browser.evaluate("document.documentElement.scrollWidth") == 360
    box = browser.evaluate("(({ x, y, width, height, bottom }) => [x, y, width, height, bottom])"
                           "(document.querySelector('#talk').getBoundingClientRect())")
    assert box[2] >= 64 and box[3] >= 64 and box[4] <= 640, box
    page.screenshot("phone")
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    page.screenshot("phone-dark")
    browser.call("Emulation.setEmulatedMedia", features=[])
    browser.call("Emulation.clearDeviceMetricsOverride")


def speaks_english(browser, server):
    """English by the browser's language; over plain HTTP by name the page explains why there is no microphone."""
    browser.call("Network.setUserAgentOverride", userAgent="Chromium", acceptLanguage="en-GB")
    browser.open(f"http://stt:{server.port}/")
    browser.wait(f"{text_of('#model')}.startsWith('giga')")
    assert browser.evaluate("document.documentElement.lang") == "en"
    assert "over https" in browser.evaluate("document.querySelector('#insecure').innerText")
    assert browser.evaluate("document.querySelector('#talk').disabled")


def main():
    program = find_browser()
    if program is None:
        missing("Chromium was not found")
        return
    # stt is not a loopback name, so the browser treats its pages over HTTP as insecure.
    with Serving(PROGRAM) as server, Serving(PROGRAM) as doomed, Browser(
        program, recording("07"), "--host-resolver-rules=MAP stt 127.0.0.1, MAP speech.example.org 127.0.0.1",
        "--ignore-certificate-errors") as browser:
        done = Page(browser, server).run(
            (speaks,), (reads_files,), (writes_numbers_as_chosen,), (reads_long_files,), (fits_a_phone,),
            (explains_failures,), (names_the_cause,), (keeps_the_text,))
        speaks_english(browser, server)
        works_below_a_prefix(browser)
        keeps_what_was_said(Page(browser, doomed))
        violations = [entry for entry in browser.complaints() if "Content Security Policy" in str(entry)]
        assert not violations, violations
    print("; ".join(done))


main()
