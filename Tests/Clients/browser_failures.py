"""What the page does when something goes wrong, in a real browser: no text is lost, and the cause is named.

usage: browser_failures.py PROGRAM [FOLDER-FOR-SCREENSHOTS]
"""

import base64
import contextlib
import json
import pathlib
import signal
import sys
import tempfile
import time
import wave

from devtools import Browser, find_browser
from page import IDLE, Page, text_of
from serving import Serving, missing, recording, samples

PROGRAM = sys.argv[1]
TEXT, NOTICE = text_of("#text"), text_of("#notice-text")
ACTION = "document.querySelector('#notice-action').hidden ? null : document.querySelector('#notice-action').textContent"
STORED = "JSON.parse(sessionStorage.getItem('gigastt.transcript'))?.segments.map(({ text }) => text).join(' ') ?? ''"
FINAL = {"type": "final", "text": "привет", "timestamp": 1, "confidence": 0.9,
         "words": [{"word": "привет", "start": 0, "end": 1, "confidence": 0.9}]}


def reads(page, path, length=10):
    """Reads a recording and returns its text."""
    page.choose(path)
    page.browser.wait(f"{IDLE} && {TEXT}.length > {length}", 50)
    page.browser.evaluate("document.querySelector('#notice-close').click()")
    return page.browser.evaluate(TEXT)


def opened(page):
    """The page as a new tab has it."""
    page.browser.evaluate("sessionStorage.clear(); document.querySelector('#clear').click()")
    page.browser.open(page.url)
    page.browser.wait("document.querySelector('#edit') !== null")


@contextlib.contextmanager
def streaming(page, *events):
    """Answers the next request for events with these."""
    browser = page.browser
    browser.call("Fetch.enable", patterns=[{"urlPattern": "*/v1/transcribe/stream*"}])
    yield
    request = browser.event("Fetch.requestPaused")
    assert "end=true" in request["request"]["url"], request
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    browser.call("Fetch.fulfillRequest", requestId=request["requestId"], responseCode=200,
                 responseHeaders=[{"name": "Content-Type", "value": "text/event-stream"}],
                 body=base64.b64encode(body.encode()).decode())
    browser.call("Fetch.disable")


def long_recording(folder, times=25):
    path = folder / "long.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(samples(recording("10")) * times)
    return path


def tells_a_text_that_is_cut_off(browser, folder):
    """A recording that a server does not finish because it stops is not shown as finished."""
    with Serving(PROGRAM, "--pool-size", "1", "--shutdown-drain-secs", "1") as server:
        page = Page(browser, server)
        before = reads(page, recording("06"))
        page.choose(long_recording(folder))
        browser.wait(f"{TEXT}.length > 300", 50)
        server.process.send_signal(signal.SIGTERM)
        page.notice("Сервер остановился раньше конца записи")
        assert browser.evaluate(IDLE) and browser.evaluate(ACTION) == "Повторить"
        text = browser.evaluate(TEXT)
        assert len(text) > 300 and browser.evaluate(STORED).split() == text.split() and before not in text
        page.screenshot("cut-off")
        browser.call("Page.navigate", url="about:blank")


def tells_it_in_the_list(page):
    """So does the list of several recordings, which holds those behind it."""
    browser, row = page.browser, "document.querySelector('#jobs li .note')?.textContent"
    with streaming(page, FINAL):
        page.choose(recording("10"), recording("06"))
    browser.wait(f"{row}?.startsWith('Сервер остановился раньше конца записи')")
    assert browser.evaluate("document.querySelectorAll('#jobs li .note')[1].textContent") == "ждёт отправки"
    # The fault of one recording does not hold the others.
    with streaming(page, FINAL, {"type": "error", "code": "inference_timeout", "message": ""}):
        browser.evaluate("document.querySelector('#jobs li button').click()")
    browser.wait(f"{row} === 'Распознавание заняло слишком много времени.'")
    browser.wait("document.querySelectorAll('#jobs li .note')[1].textContent === 'готово'")
    browser.evaluate("document.querySelector('#jobs li button').click()")
    browser.wait(f"{row} === 'готово'", 60)
    for _ in range(2):
        browser.evaluate("[...document.querySelectorAll('#jobs li button:not([hidden])')].at(-1).click()")


def refuses_keys_that_cannot_be_sent(page):
    """A key that no header can carry is refused when it is entered, and nothing hangs."""
    browser = page.browser
    opened(page)
    for entered, kept in (("лК3мЕй0", None), ("with space", None), (" kR3vTq0ZxWb8uYp5 ", "kR3vTq0ZxWb8uYp5")):
        browser.evaluate("document.querySelector('#settings').open = true; document.querySelector('#key').value = '';"
                         " document.querySelector('#key').focus()")
        browser.call("Input.insertText", text=entered)
        browser.press("Tab", "Tab", 9)
        browser.press("Escape", "Escape", 27)
        assert browser.evaluate("sessionStorage.getItem('gigastt.key')") == kept, entered
        if kept is None:
            page.notice("Ключ не принят")
            assert browser.evaluate(ACTION) == "Ввести ключ"
        assert browser.evaluate("document.querySelector('#key').getAttribute('aria-invalid')") == str(kept is None).lower()
        reads(page, recording("06"))
    # One that an earlier version of the page kept.
    browser.evaluate("sessionStorage.setItem('gigastt.key', 'ключ')")
    browser.open(page.url)
    reads(page, recording("08"))
    browser.evaluate("sessionStorage.removeItem('gigastt.key')")


def keeps_texts_when_stopped(page, folder):
    """Stopping a recording before its first words brings the earlier text back; later, the earlier text can be restored."""
    browser, long = page.browser, folder / "long.wav"
    opened(page)
    before = reads(page, recording("06"))
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1}
    browser.call("Network.emulateNetworkConditions", uploadThroughput=200_000, **slow)
    page.choose(long)
    browser.wait(f"!({IDLE}) && {TEXT} === ''")
    browser.click("#talk")
    browser.wait(IDLE)
    browser.call("Network.emulateNetworkConditions", uploadThroughput=-1, **slow)
    assert browser.evaluate(TEXT) == before and browser.evaluate(STORED) == before.strip()
    page.choose(long)
    browser.wait(f"{TEXT}.length > 100 && {TEXT} !== {json.dumps(before)}", 50)
    browser.click("#talk")
    page.notice("Прежний текст убран.")
    text = browser.evaluate(TEXT)
    assert len(text) > 100 and browser.evaluate(STORED).split() == text.split()
    browser.click("#notice-action")
    assert browser.evaluate(TEXT) == before and browser.evaluate(STORED) == before.strip()


def names_errors_in_mid_stream(page):
    """An error behind the first words is named by its code, and the words are kept."""
    browser = page.browser
    for code, text, action in (
            ("inference_timeout", "Распознавание заняло слишком много времени.", "Повторить"),
            ("internal", "Сбой на сервере.", "Повторить"), ("inference_error", "Сбой распознавания.", "Повторить"),
            ("timeout", "Сервер занят. Можно повторить.", "Повторить"), ("invalid_audio", "Не удалось прочитать запись.", None),
            ("audio_too_long", "Запись длиннее", None), ("unheard_of", "Сервер ответил ошибкой (unheard_of).", "Повторить")):
        opened(page)
        with streaming(page, FINAL, {"type": "error", "code": code, "message": ""}):
            page.choose(recording("10"))
        page.notice(text)
        assert browser.evaluate(ACTION) == action, code
        assert browser.evaluate(TEXT).strip() == browser.evaluate(STORED) == "привет", code
    # The second attempt does not take the first one's words for the earlier text.
    opened(page)
    before = reads(page, recording("06"))
    with streaming(page, FINAL, {"type": "error", "code": "internal", "message": ""}):
        page.choose(recording("10"))
    page.notice("Сбой на сервере.")
    with streaming(page, FINAL, {"type": "end", "duration": 2.5}):
        browser.click("#notice-action")
    page.notice("Прежний текст убран.")
    assert json.loads(page.format("json"))["duration"] == 2.5
    page.format("txt")
    browser.click("#notice-action")
    assert browser.evaluate(TEXT) == before
    with streaming(page, FINAL, {"type": "error", "code": "invalid_audio", "message": ""}):
        page.choose(recording("10"))
    page.notice("Не удалось прочитать запись.")
    assert browser.evaluate(ACTION) == "Вернуть текст"
    browser.click("#notice-action")
    assert browser.evaluate(TEXT) == before


def names_refusals(page):
    """No code that the page can meet is shown as such."""
    opened(page)
    for status, code, text in (
            (507, "storage_full", "На диске сервера нет места"), (408, "request_timeout", "Запись передавалась слишком медленно."),
            (500, "internal", "Сбой на сервере."), (503, "cancelled", "Сервер останавливается."),
            (503, "speakers_unavailable", "Сервер сейчас не может прочитать голоса"),
            (409, "punctuation_not_available", "Сервер больше не ставит знаки"), (413, "payload_too_large", "Файл больше"),
            (504, "inference_timeout", "Распознавание заняло"), (422, "transcription_error", "Не удалось прочитать запись")):
        with page.answering("/v1/transcribe", status, {"error": "", "code": code}):
            page.choose(recording("06"))
        page.notice(text)
        page.browser.wait(IDLE)


def survives_errors_of_a_session(page):
    """An utterance that could not be recognised is a remark on the text; the session did not fail."""
    browser = page.browser
    opened(page)
    browser.evaluate("window.WebSocket = class extends WebSocket { constructor(...a) { super(...a); window.live = this; } }; 0")
    browser.click("#talk")
    browser.wait(f"{text_of('#partial')}.length > 12")
    browser.evaluate("live.onmessage({ data: JSON.stringify({ type: 'error', code: 'inference_error', message: '' }) })")
    browser.click("#talk")
    browser.wait(IDLE)
    page.notice("Часть речи распознать не удалось.")
    assert browser.evaluate(ACTION) is None and browser.evaluate("document.querySelector('#notice').classList.contains('calm')")
    assert browser.evaluate(TEXT).strip()


def works_without_storage(page):
    """A browser that refuses the storage of the tab: the page works, and keeps the key as long as it is open."""
    browser = page.browser
    refusal = "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('', 'SecurityError'); } })"
    script = browser.call("Page.addScriptToEvaluateOnNewDocument", source=refusal)["identifier"]
    browser.open(page.url)
    browser.wait(f"{text_of('#model')}.startsWith('giga') && document.querySelector('#edit') !== null")
    browser.evaluate("document.querySelector('#key').value = 'kR3vTq0ZxWb8uYp5'; document.querySelector('#key').onchange()")
    reads(page, recording("06"))
    with page.answering("/v1/transcribe", 500, {"error": "", "code": "internal"}) as asked:
        page.choose(recording("08"))
    assert asked[0]["authorization"] == "Bearer kR3vTq0ZxWb8uYp5"
    page.notice("Сбой на сервере.")
    browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=script)
    browser.open(page.url)


def asks_again_for_modules(page):
    """A module that did not arrive is asked for again, and until then the page says what is missing."""
    browser = page.browser
    browser.call("Network.setCacheDisabled", cacheDisabled=True)
    browser.call("Network.setBlockedURLs", urls=["*reader.js*"])
    browser.open(page.url)
    page.choose(recording("06"))
    browser.wait(f"{IDLE} && {TEXT}.length > 10")
    browser.evaluate("document.querySelector('input[value=srt]').click()")
    page.notice("Форматы и правка ещё не загрузились.")
    browser.call("Network.setBlockedURLs", urls=[])
    browser.wait("document.querySelector('#edit') !== null && !document.querySelector('#rendering').hidden")
    assert browser.evaluate("document.querySelector('#notice').hidden")
    assert page.format("srt") == page.rendered(recording("06"), "srt")
    page.format("txt")
    browser.call("Network.setCacheDisabled", cacheDisabled=False)


def tells_speakers_apart_in_dictation(page):
    """The switch for speakers works in dictation: paragraphs have their speakers, and a correction writes them anew."""
    browser = page.browser
    opened(page)
    labels = "[...document.querySelectorAll('#text .time')].map((head) => head.dataset.label.split(' · ')[1] ?? null)"
    browser.evaluate("document.querySelector('#speakers').click()")
    browser.evaluate("window.WebSocket = class extends WebSocket { constructor(...a) { super(...a); window.live = this; } }; 0")
    browser.click("#talk")
    browser.wait(f"({labels}).includes('Говорящий 1')")
    browser.click("#talk")
    browser.wait(IDLE)
    # As the server would send them.
    browser.evaluate("document.querySelector('#clear').click()")
    browser.click("#talk")
    browser.wait("window.live.readyState === 1")
    browser.evaluate("window.say = (message) => live.onmessage({ data: JSON.stringify(message) }); 0")
    final = lambda text, start: json.dumps({
        "type": "final", "text": text, "endpoint_reason": "vad",
        "words": [{"word": word, "start": start + n, "end": start + n + 0.5, "confidence": 0.9} for n, word in enumerate(text.split())]})
    spans = lambda *spans: json.dumps({
        "type": "speakers", "spans": [{"start": start, "end": end, "speaker": speaker} for start, end, speaker in spans]})
    paragraphs = ("[...document.querySelectorAll('#text p')].map((p) => [p.querySelector('.time').dataset.speaker,"
                  " [...p.querySelectorAll('[data-at]')].map((word) => word.textContent).join(' ')])")
    for message in (final("раз два три четыре", 1000), spans((1000, 1002, 0), (1002, 1010, 1)), final("пять шесть", 1004)):
        browser.evaluate(f"say({message}); 0")
    found = [entry for entry in browser.evaluate(paragraphs) if entry[1].split()[0] in ("раз", "три", "пять")]
    assert found == [["0", "раз два"], ["1", "три четыре"], ["", "пять шесть"]], found
    browser.evaluate(f"say({spans((1001, 1002, 1), (1004, 1010, 1))}); 0")
    found = [entry for entry in browser.evaluate(paragraphs) if entry[1].split()[0] in ("раз", "два", "три", "пять")]
    assert found == [["0", "раз"], ["1", "два три четыре пять шесть"]], found
    assert "[SPEAKER_1] два три четыре пять шесть" in page.format("srt")
    assert "два три четыре" in browser.evaluate(STORED)
    page.format("txt")
    browser.click("#talk")
    browser.wait(IDLE)
    browser.evaluate("document.querySelector('#speakers').click()")


def remarks_on_recordings(page, folder):
    """What the server remarks on a recording is shown, calmly; the length is that of the recording."""
    browser = page.browser
    opened(page)
    for prefix in ("06", "10"):
        path, pcm = folder / f"cancelling-{prefix}.wav", samples(recording(prefix))
        with wave.open(str(path), "wb") as file:
            file.setparams((2, 2, 16_000, 0, "NONE", ""))
            for place in range(0, len(pcm), 2):
                value = max(-32_767, int.from_bytes(pcm[place:place + 2], "little", signed=True))
                file.writeframesraw(value.to_bytes(2, "little", signed=True) + (-value).to_bytes(2, "little", signed=True))
        page.choose(path)
        page.notice("Каналы записи гасят друг друга")
        assert browser.evaluate("document.querySelector('#notice').classList.contains('calm')")
    path = recording("10")
    reads(page, path, 400)
    assert json.loads(page.format("json"))["duration"] == json.loads(page.rendered(path, "json"))["duration"]
    page.format("txt")
    with page.answering("/v1/transcribe?", 200, {
            "text": "да", "words": [{"word": "да", "start": 0, "end": 1, "confidence": 0.9}], "duration": 1,
            "diarization": {"status": "unavailable", "reason": "pipeline_error", "message": ""}}):
        page.choose(recording("06"))
    page.notice("Говорящих различить не удалось. Прежний текст убран.")
    assert browser.evaluate(ACTION) == "Вернуть текст"


def shows_choices_in_forced_colours(page):
    """With the user's own colours the chosen format can be told from the others, and every button has an edge."""
    browser = page.browser
    opened(page)
    reads(page, recording("06"))
    page.format("srt")
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "forced-colors", "value": "active"}])
    looks = dict(browser.evaluate("[...document.querySelectorAll('#formats span')].map((span) =>"
                                  " [span.textContent, getComputedStyle(span).backgroundColor])"))
    assert looks.pop("srt") not in looks.values() and len(set(looks.values())) == 1, looks
    edges = browser.evaluate("[...document.querySelectorAll('button:not(.time)')].filter((button) => button.checkVisibility())"
                             ".map((button) => [button.id, getComputedStyle(button).borderTopWidth])")
    assert len(edges) > 4 and all(width != "0px" for _, width in edges), edges
    page.screenshot("forced-colours")
    browser.call("Emulation.setEmulatedMedia", features=[])
    page.format("txt")


def leaves_text_to_the_fields(page):
    """Text is dropped into a caption as anywhere; a folder is no failure of the server."""
    browser = page.browser
    opened(page)
    reads(page, recording("06"))
    # The player moves what is above it.
    browser.wait("!document.querySelector('#player').hidden")
    browser.click("#edit")
    field = "document.querySelector('#editor textarea')"
    data = {"items": [{"mimeType": "text/plain", "data": "ВСТАВКА"}], "files": [], "dragOperationsMask": 1}
    # The layout may move between looking for the field and dropping on it.
    for _ in range(20):
        place = browser.evaluate(
            f"(({{ x, y, height }}) => ({{ x: x + 20, y: y + height / 2 }}))({field}.getBoundingClientRect())")
        for kind in ("dragEnter", "dragOver", "drop"):
            browser.call("Input.dispatchDragEvent", type=kind, data=data, **place)
            assert not browser.evaluate("document.body.classList.contains('dropping')")
        if browser.evaluate(f"{field}.value.includes('ВСТАВКА')"):
            break
    browser.wait(f"{field}.value.includes('ВСТАВКА')")
    browser.click("#edit")
    with tempfile.TemporaryDirectory() as folder:
        page.drop(folder)
        page.notice("Браузер не может прочитать этот файл. Папки не подходят.")
        browser.wait(IDLE)


def keeps_the_keyboard_in_sight(page):
    """Closing the settings with Escape leaves the keyboard on their button."""
    browser = page.browser
    browser.evaluate("document.querySelector('#settings').open = true; document.querySelector('#key').focus()")
    browser.press("Escape", "Escape", 27)
    assert browser.evaluate("!document.querySelector('#settings').open && document.activeElement.matches('#settings summary')")


def main():
    program = find_browser()
    if program is None:
        missing("Chromium was not found")
        return
    done = []
    with tempfile.TemporaryDirectory() as name, Serving(PROGRAM) as server, Browser(program, recording("07")) as browser:
        folder = pathlib.Path(name)
        start = time.monotonic()
        tells_a_text_that_is_cut_off(browser, folder)
        done.append(f"tells_a_text_that_is_cut_off {time.monotonic() - start:.1f} s")
        # A page without a click does not ask before it is left, which the browser logs as an intervention.
        done += Page(browser, server).run(
            (tells_it_in_the_list,), (refuses_keys_that_cannot_be_sent,), (keeps_texts_when_stopped, folder),
            (names_errors_in_mid_stream,), (names_refusals,), (survives_errors_of_a_session,), (works_without_storage,),
            (asks_again_for_modules,), (tells_speakers_apart_in_dictation,), (remarks_on_recordings, folder),
            (shows_choices_in_forced_colours,), (leaves_text_to_the_fields,), (keeps_the_keyboard_in_sight,),
            expected=("network", "intervention"))
    print("; ".join(done))


main()
