"""What the page does with a text in a real browser: stable words, options, progress, playing, captions, accessibility.

usage: browser_reader.py PROGRAM [FOLDER-FOR-SCREENSHOTS]
"""

import array
import contextlib
import json
import os
import pathlib
import struct
import sys
import tempfile
import wave

import requests
import srt

from devtools import Browser, find_browser
from page import IDLE, Page, text_of
from serving import Serving, missing, recording, samples

PROGRAM = sys.argv[1]
WORDS = "[...document.querySelectorAll('#text [data-at]')]"
LIT = "document.querySelector('#text .lit')?.textContent ?? null"
ROWS = "[...document.querySelectorAll('#editor textarea')].map((field) => field.value)"
# Texts with the times that a person gives them by hand: words, the new text, word and times of each.
RETIMED = [
    ("одна без изменения", "одна без изменения", [("одна", 0, 0.5), ("без", 1, 1.5), ("изменения", 2, 2.5)]),
    ("запятая и точка", "Запятая, и точка.", [("Запятая,", 0, 0.5), ("и", 1, 1.5), ("точка.", 2, 2.5)]),
    ("слово не то", "слово как то", [("слово", 0, 0.5), ("как", 1, 1.5), ("то", 2, 2.5)]),
    # Two for one share its half second by their letters: 3 and 7.
    ("а бв г", "а где угодно г", [("а", 0, 0.5), ("где", 1, 1.167), ("угодно", 1.167, 1.5), ("г", 2, 2.5)]),
    # An inserted word has the pause.
    ("а б", "а и б", [("а", 0, 0.5), ("и", 0.5, 1), ("б", 1, 1.5)]),
    ("лишнее слово здесь", "слово здесь", [("слово", 1, 1.5), ("здесь", 2, 2.5)]),
    ("а б", "  ", []),
]


def call(page, function, *values):
    """The value of a function of captions.js."""
    arguments = ", ".join(json.dumps(value) for value in values)
    return page.browser.evaluate(f"import('./captions.js').then(({{ {function} }}) => {function}({arguments}))")


def words_of(text, **more):
    """A word each second, half a second long."""
    return [{"word": word, "start": n, "end": n + 0.5} | more for n, word in enumerate(text.split())]


def times_edits(page):
    """The times of edited texts, the paragraphs and the places in time, by a table and without a document."""
    for old, new, expected in RETIMED:
        found = call(page, "retimed", words_of(old, confidence=0.5), new)
        assert [(word["word"], word["start"], word["end"]) for word in found] == expected, (new, found)
        # Only a word that was recognised has a confidence.
        for word in found:
            assert ("confidence" in word) == (word["word"].lower().strip(",.") in old.split()), (new, word)
    # Of a text that is too long to be compared every word is new.
    long = call(page, "retimed", words_of("а " * 3_000), "б " * 3_000)
    assert len(long) == 3_000 and long[-1]["end"] == 2_999.5
    captions = [{"text": text, "words": words_of(text, speaker=who), "isCue": True}
                for text, who in (("а б в", 0), ("г", 0), ("д", 1))]
    texts = lambda name, *values: [caption["text"] for caption in call(page, name, captions, *values)]
    assert texts("split", 0, 1) == ["а", "б в", "г", "д"]
    assert texts("split", 0, 0) == texts("split", 0, 3) == texts("merged", 0) == texts("merged", 2) == ["а б в", "г", "д"]
    assert texts("merged", 1) == ["а б в г", "д"]
    assert texts("written", 1, "") == ["а б в", "д"] and texts("written", 1, "г е") == ["а б в", "г е", "д"]
    for starts, seconds, index in (([], 1, -1), ([1], 0.9, -1), ([1], 1, 0), ([0, 1, 1, 2], 1, 2), ([0, 1, 2], 9, 2)):
        assert call(page, "indexAt", starts, seconds) == index, (starts, seconds)
    for seconds, text in ((0, "0:00"), (59.9, "0:59"), (61, "1:01"), (3_600, "1:00:00"), (36_061, "10:01:01")):
        assert call(page, "clock", seconds) == text, seconds


def tells_stable_words(page):
    """Words that are committed look different from those that may change, and stay."""
    browser = page.browser
    browser.evaluate(
        "window.seen = []; new MutationObserver(() => { const [a, b] = ['committed', 'tentative'].map((id) =>"
        " document.getElementById(id).textContent); if (a || b) seen.push([a, b]); })"
        ".observe(document.querySelector('#partial'), { childList: true, subtree: true }); 0")
    browser.click("#talk")
    browser.wait(f"{text_of('#committed')}.length > 8 && {text_of('#tentative')} !== ''")
    looks = browser.evaluate("['committed', 'tentative'].map((id) => { const { color, textDecorationLine } ="
                             " getComputedStyle(document.getElementById(id)); return [color, textDecorationLine]; })")
    # By colour and by form.
    assert looks[0][0] != looks[1][0] and looks[0][1] != looks[1][1], looks
    page.screenshot("stable")
    browser.wait(f"{text_of('#text')} !== ''")
    browser.click("#talk")
    browser.wait(IDLE)
    # What the server sent is what was shown.
    frames = [json.loads(event["params"]["response"]["payloadData"]) for event in browser.events
              if event.get("method") == "Network.webSocketFrameReceived"]
    sent = {frame["text"] for frame in frames if frame["type"] == "partial" and frame["committed"] and frame["tentative"]}
    shown = browser.evaluate("seen")
    assert sent and any(committed + tentative in sent for committed, tentative in shown), (sent, shown)


def offers_what_is_there(page):
    """A switch is enabled where the server has what it needs; speakers and channels exclude each other."""
    browser = page.browser
    switches = "['numbers', 'punctuation', 'speakers', 'split'].map((id) => document.getElementById(id).disabled)"
    health = requests.get(f"{page.server.url}/health", timeout=10).json()
    for has in (False, True):
        with page.answering("/health", 200, health | {"diarization": has, "punctuation": has}):
            browser.send("Page.navigate", url=page.url)
        browser.wait(f"{text_of('#model')}.startsWith('giga') && document.querySelector('#edit') !== null")
        assert browser.evaluate(switches) == [False, not has, not has, False], has
    browser.evaluate("document.querySelector('#split').click(); document.querySelector('#speakers').click()")
    checked = "['speakers', 'split'].map((id) => document.getElementById(id).checked)"
    assert browser.evaluate(checked) == [True, False]
    said = [{"word": word, "start": n, "end": n + 0.5, "confidence": 0.9, "speaker": n // 2}
            for n, word in enumerate("добрый день здравствуйте слушаю".split())]
    body = {"text": "добрый день здравствуйте слушаю", "words": said, "duration": 4,
            "spans": [{"text": word["word"], "start": 0, "end": 1, "words": [n]} for n, word in enumerate(said)]}
    # Speakers are known at the end of a recording, so a long one is not asked for as events.
    with page.answering("/v1/transcribe?", 200, body) as asked:
        page.choose(recording("10"))
    assert "diarization=true" in asked[0]["url"] and "channels" not in asked[0]["url"], asked
    browser.wait(f"{IDLE} && document.querySelectorAll('#text p').length === 2")
    labels = browser.evaluate("[...document.querySelectorAll('#text .time')].map((head) => head.dataset.label)")
    assert labels == ["0:00 · Говорящий 1", "0:02 · Говорящий 2"], labels
    assert [cue.content for cue in srt.parse(page.format("srt"))] == [
        "[SPEAKER_0] добрый день", "[SPEAKER_1] здравствуйте слушаю"]
    assert "speakers: 2" in page.format("md")
    # And as the server itself has it.
    path = recording("11")
    page.choose(path)
    browser.wait(f"{IDLE} && {text_of('#rendering')}.length > 200")
    answer = requests.post(f"{page.server.url}/v1/transcribe", params={"format": "srt", "diarization": "true"},
                           data=path.read_bytes(), timeout=60)
    answer.encoding = "utf-8"
    assert page.format("srt") == answer.text, (page.format("srt"), answer.text)
    page.format("txt")
    browser.evaluate("document.querySelector('#split').click()")
    assert browser.evaluate(checked) == [False, True]


def chooses_a_microphone(page):
    """The microphones are listed by name, and the chosen one is opened."""
    browser = page.browser
    browser.evaluate("""window.asked = []; (() => { const open = MediaDevices.prototype.getUserMedia;
        MediaDevices.prototype.getUserMedia = function (wanted) {
            asked.push(wanted.audio); return open.call(this, wanted); }; })(); 0""")
    browser.click("#settings summary")
    browser.wait("document.querySelector('#microphone').options.length > 1")
    name, identity = browser.evaluate("(({ options }) => [options[1].text, options[1].value])(document.querySelector('#microphone'))")
    assert name and identity
    browser.evaluate("document.querySelector('#microphone').selectedIndex = 1")
    browser.press("Escape", "Escape", 27)
    browser.click("#talk")
    browser.wait("asked.length === 1")
    assert browser.evaluate("asked[0].deviceId") == {"exact": identity}
    browser.wait("document.body.classList.contains('listening')")
    browser.press("Escape", "Escape", 27)
    browser.wait(IDLE)
    # The list keeps the choice.
    assert browser.evaluate("document.querySelector('#microphone').value") == identity


def shows_progress(page):
    """The progress of a long recording is told in figures."""
    browser = page.browser
    browser.evaluate("window.seen = []; new MutationObserver(() => seen.push(document.querySelector('#latency').textContent))"
                     ".observe(document.querySelector('#latency'), { childList: true }); 0")
    page.choose(recording("10"))
    browser.wait(f"{IDLE} && {text_of('#text')}.length > 400", 50)
    seen = browser.evaluate("seen")
    figures = [int(text.split()[-1].strip("%\u00a0") or text.split()[-2]) for text in seen if text.startswith("распознано")]
    assert any(text.startswith("отправлено") for text in seen), seen
    assert len(figures) > 5 and figures == sorted(figures) and figures[-1] <= 100 and figures[0] < 50, figures
    assert browser.evaluate(text_of("#latency")) == ""


def plays(page):
    """A word that is clicked is heard and lit; so it is by keyboard. Text that is copied has no times in it."""
    browser, path = page.browser, recording("12")
    page.choose(path)
    browser.wait(f"{IDLE} && {WORDS}.length > 8 && !document.querySelector('#player').hidden")
    answer = requests.post(f"{page.server.url}/v1/transcribe", params={"spans": "true"}, data=path.read_bytes(), timeout=60).json()
    spoken = [(span["text"], answer["words"][span["words"][0]]["start"]) for span in answer["spans"]]
    assert browser.evaluate(f"{WORDS}.map((word) => word.textContent)") == [text for text, _ in spoken]
    word, start = spoken[5]
    browser.evaluate(f"{WORDS}[5].scrollIntoView(); {WORDS}[5].id = 'sixth'; 0")
    browser.click("#sixth")
    browser.wait("!document.querySelector('audio').paused")
    at = browser.evaluate("document.querySelector('audio').currentTime")
    assert start - 0.1 <= at <= start + 3, (start, at)
    # The sound goes on, and the light with it.
    browser.wait(f"{WORDS}.indexOf(document.querySelector('#text .lit')) > 5")
    page.screenshot("playing")
    browser.evaluate("document.querySelector('#paper').focus()")
    browser.press(" ", "Space", 32, " ")
    browser.wait("document.querySelector('audio').paused")
    before = browser.evaluate(f"{WORDS}.indexOf(document.querySelector('#text .lit'))")
    browser.press("ArrowLeft", "ArrowLeft", 37)
    browser.wait(f"{WORDS}.indexOf(document.querySelector('#text .lit')) === {before - 1}")
    at = browser.evaluate("document.querySelector('audio').currentTime")
    assert abs(at - spoken[before - 1][1]) < 0.05, (at, spoken)
    # The label of a paragraph is a button.
    heads = browser.evaluate("[...document.querySelectorAll('#text .time')].map((head) => [head.disabled, head.dataset.label])")
    assert len(heads) > 2 and all(not disabled for disabled, _ in heads) and heads[0][1] == "0:01", heads
    copied = browser.evaluate("(() => { getSelection().selectAllChildren(document.querySelector('#text'));"
                              " const text = getSelection().toString(); getSelection().removeAllRanges(); return text; })()")
    assert copied.split() == answer["text"].split(), copied
    # What the browser cannot play is read as before, without a player: a file of NeXT, big-endian.
    with tempfile.NamedTemporaryFile(suffix=".au") as file:
        swapped = array.array("h", samples(path))
        swapped.byteswap()
        file.write(struct.pack(">4s5I", b".snd", 24, len(swapped) * 2, 3, 16_000, 1) + swapped.tobytes())
        file.flush()
        page.choose(file.name)
        browser.wait(f"{IDLE} && {WORDS}.length > 8 && document.querySelector('#player').hidden")
    browser.open(page.url)
    browser.wait(f"{WORDS}.length > 8")
    # The text is there after a reload, the recording is not.
    assert browser.evaluate("document.querySelector('#player').hidden && document.querySelector('#text .time').disabled")


def edits_captions(page):
    """Captions are edited in place, and every format has the edited text with the times of what was spoken."""
    browser, path = page.browser, recording("12")
    page.choose(path)
    browser.wait(f"{IDLE} && !document.querySelector('#player').hidden")
    before = list(srt.parse(page.format("srt")))
    page.format("txt")
    browser.click("#edit")
    assert browser.evaluate(ROWS) == [cue.content for cue in before]
    page.screenshot("editing")
    # By keyboard: a capital, a comma and a new word.
    browser.evaluate("document.querySelector('#editor textarea').focus(); document.activeElement.select()")
    browser.call("Input.insertText", text="Включи, пожалуйста, телевизор в гостиной")
    # Enter behind the second word makes two captions, and the caret is in the second.
    browser.evaluate("document.activeElement.setSelectionRange(19, 19)")
    browser.press("Enter", "Enter", 13, "\r")
    assert browser.evaluate(ROWS)[:2] == ["Включи, пожалуйста,", "телевизор в гостиной"]
    assert browser.evaluate("document.activeElement.value") == "телевизор в гостиной"
    browser.click("#edit")
    after = list(srt.parse(page.format("srt")))
    assert [cue.content for cue in after] == ["Включи, пожалуйста,", "телевизор в гостиной"] + [cue.content for cue in before[1:]]
    assert after[0].start == before[0].start and after[1].end == before[0].end and after[2:] == [
        srt.Subtitle(cue.index + 1, cue.start, cue.end, cue.content) for cue in before[1:]]
    # Backspace at the beginning joins it again.
    page.format("txt")
    browser.click("#edit")
    browser.evaluate("document.querySelectorAll('#editor textarea')[1].focus()")
    browser.evaluate("document.activeElement.setSelectionRange(0, 0)")
    browser.press("Backspace", "Backspace", 8)
    assert browser.evaluate(ROWS)[0] == "Включи, пожалуйста, телевизор в гостиной"
    # An emptied caption goes.
    last = before[-1].content
    browser.evaluate("[...document.querySelectorAll('#editor textarea')].at(-1).focus(); document.activeElement.select()")
    browser.press("Backspace", "Backspace", 8)
    browser.press("Tab", "Tab", 9)
    browser.wait(f"!{ROWS}.includes({json.dumps(last)})")
    browser.click("#edit")
    expected = " ".join(["Включи, пожалуйста, телевизор в гостиной"] + [cue.content for cue in before[1:-1]])
    assert page.format("txt").split() == expected.split()
    assert browser.evaluate("document.querySelector('#editor').hidden")
    page.format("vtt")
    with tempfile.TemporaryDirectory() as folder:
        browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=folder, eventsEnabled=True)
        for format in ("txt", "srt", "vtt", "json"):
            page.format(format)
            browser.click("#download")
            browser.event("Browser.downloadProgress", lambda progress: progress["state"] == "completed")
            text = (pathlib.Path(folder) / f"{path.stem}.{format}").read_text(encoding="utf-8")
            assert "пожалуйста" in text and last not in text, (format, text)
            if format == "json":
                assert json.loads(text)["text"] == expected
                assert [word["word"] for word in json.loads(text)["words"]] == expected.split()
            if format == "srt":
                cues = list(srt.parse(text))
                assert [cue.content for cue in cues] == [
                    "Включи, пожалуйста, телевизор в гостиной"] + [cue.content for cue in before[1:-1]]
    shown = page.format("srt")
    browser.open(page.url)
    browser.wait(f"{WORDS}.length > 5")
    assert page.format("srt") == shown
    page.format("txt")


def reads_two_channels(page, folder):
    """Both channels of a call are read by themselves, as the server does with channels=split."""
    browser, call = page.browser, folder / "call.wav"
    left, right = (samples(recording(prefix)) for prefix in ("07", "08"))
    size = max(len(left), len(right))
    left, right = (data.ljust(size, b"\0") for data in (left, right))
    with wave.open(str(call), "wb") as file:
        file.setparams((2, 2, 16_000, 0, "NONE", ""))
        file.writeframes(b"".join(left[n:n + 2] + right[n:n + 2] for n in range(0, size, 2)))
    browser.evaluate("document.querySelector('#split').checked || document.querySelector('#split').click()")
    page.choose(call)
    browser.wait(f"{IDLE} && document.querySelectorAll('#text p').length === 2")
    labels = browser.evaluate("[...document.querySelectorAll('#text .time')].map((head) => head.dataset.label.split(' · ')[1])")
    assert labels == ["Говорящий 1", "Говорящий 2"], labels
    for format in ("txt", "srt", "vtt", "md"):
        shown = page.format(format)
        answer = requests.post(f"{page.server.url}/v1/transcribe", params={"format": format, "channels": "split"},
                               data=call.read_bytes(), timeout=60)
        answer.encoding = "utf-8"
        assert shown.strip() == answer.text.strip(), (shown, answer.text)
    page.format("txt")
    browser.evaluate("document.querySelector('#split').click()")


def reads_several(page, folder):
    """Several recordings on a server without jobs: one after the other, with progress in figures, each with its sound."""
    browser, broken = page.browser, folder / "broken.wav"
    broken.write_bytes(b"no audio at all" * 99)
    paths = [recording("10"), broken, recording("06"), recording("12")]
    rows = """[...document.querySelectorAll('#jobs li')].map((row) => [
        ...[...row.querySelectorAll('span')].map((span) => span.textContent),
        ...[...row.querySelectorAll('button:not([hidden])')].map((button) => button.textContent)])"""
    page.choose(*paths)
    browser.wait("document.querySelector('#jobs') !== null")
    browser.evaluate("window.seen = []; new MutationObserver(() =>"
                     " seen.push(document.querySelector('#jobs li .note').textContent))"
                     ".observe(document.querySelector('#jobs li'), { childList: true, subtree: true }); 0")
    browser.wait("document.querySelector('#jobs-status').textContent === 'готово 3 · не распознано 1'", 60)
    figures = [int(text.split()[1]) for text in browser.evaluate("seen") if text.endswith("%") and text.startswith("распознаётся")]
    assert len(figures) > 3 and figures == sorted(figures) and figures[-1] <= 100, figures
    done = ["готово", "Читать", "Убрать"]
    failed = browser.evaluate(rows)[1]
    assert failed[1].startswith("Не удалось прочитать запись") and failed[2:] == ["Повторить", "Убрать"], failed
    assert browser.evaluate(rows)[::2] == [[path.name, *done] for path in paths[::2]]
    page.screenshot("several")
    # Nothing lies on anything else in a low window, and a text that is opened shows its beginning.
    for path in paths[2:]:
        browser.evaluate("[...document.querySelectorAll('#jobs button')].find((button) =>"
                         f" button.getAttribute('aria-label') === {json.dumps(f'Читать: {path.name}')}).click()")
        browser.wait(f"{WORDS}.length > 2 && !document.querySelector('#player').hidden")
        assert browser.evaluate("document.querySelector('#tools').getBoundingClientRect().bottom"
                                " <= document.querySelector('#jobs').getBoundingClientRect().top")
        assert browser.evaluate("document.querySelector('#paper').scrollTop") == 0
        assert page.format("srt") == page.rendered(path, "srt")
        page.format("txt")
    keeps_half_for_the_text(browser)
    # A recording that comes while another is being read waits in the list, too.
    page.choose(recording("11"))
    page.drop(recording("01"))
    browser.wait(f"{IDLE} && document.querySelector('#jobs-status').textContent === 'готово 4 · не распознано 1'", 60)
    for _ in paths:
        browser.evaluate("[...document.querySelectorAll('#jobs li button:not([hidden])')].at(-1).click()")
    assert len(browser.evaluate(rows)) == 1


def keeps_half_for_the_text(browser):
    """With a notice, the player and the open list, text takes half of a low window, and all the rest is scrolled to."""
    # What is seen of the text: the part of it that the frame around it shows.
    seen = """(([frame, text, notice]) => Math.min(frame.bottom, text.bottom) - Math.max(frame.top, notice.bottom, text.top))(
        ["main", "#paper", "#notice"].map((name) => document.querySelector(name).getBoundingClientRect()))"""
    shown = "['#notice', '#player', '#jobs li'].every((name) => document.querySelector(name).checkVisibility())"
    for height in (640, 740):
        with phone(browser, height):
            browser.evaluate("document.querySelector('#jobs details').open = true; document.querySelector('main').scrollTop = 0")
            assert browser.evaluate(shown), height
            assert browser.evaluate(seen) >= height / 2, (height, browser.evaluate(seen))
            for name in ("#notice-close", "#player audio", "#edit", "#download", "#jobs li:last-child button:not([hidden])", "#talk"):
                found = f"(() => {{ const element = document.querySelector({json.dumps(name)}); element.scrollIntoView({{ block: 'nearest' }});" + """
                    const { x, y, width, height } = element.getBoundingClientRect();
                    return element.contains(document.elementFromPoint(x + width / 2, y + height / 2)); })()"""
                assert browser.evaluate(found), (height, name)
            browser.evaluate("document.querySelector('main').scrollTop = 0")


@contextlib.contextmanager
def phone(browser, height=740):
    browser.call("Emulation.setDeviceMetricsOverride", width=360, height=height, deviceScaleFactor=2, mobile=True)
    browser.call("Emulation.setTouchEmulationEnabled", enabled=True)
    yield
    browser.call("Emulation.setTouchEmulationEnabled", enabled=False)
    browser.call("Emulation.clearDeviceMetricsOverride")


def small_targets(browser):
    """What can be touched and is smaller than 44 px, by name."""
    return browser.evaluate("""[...document.querySelectorAll(
        'button, summary, select, textarea, input:not([hidden]), a[href], audio')]
        .map((element) => element.matches('fieldset input') ? element.closest('label') : element)
        .filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0)
        .map((element) => [element.id || element.textContent, element.getBoundingClientRect()])
        .filter(([, box]) => box.width < 44 || box.height < 44).map(([name, box]) => [name, box.width, box.height])""")


def complaints(browser, source):
    """The findings of axe-core in the page as it is now."""
    browser.call("Runtime.evaluate", expression=source)
    return browser.evaluate("axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>"
                             " violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]))")


def is_accessible(page):
    """axe-core finds nothing in any state of the page, light or dark, and everything can be touched with a thumb."""
    browser = page.browser
    path = os.environ.get("GIGASTT_TEST_AXE")
    source = pathlib.Path(path).read_text(encoding="utf-8") if path else missing("axe-core was not found")

    def look(state):
        for scheme in ("light", "dark"):
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            page.screenshot(f"{state}-{scheme}")
            found = complaints(browser, source) if source else []
            assert not found, (state, scheme, found)
        browser.call("Emulation.setEmulatedMedia", features=[])
        assert not small_targets(browser), (state, small_targets(browser))
        assert browser.evaluate("document.documentElement.scrollWidth") == 360, state

    with phone(browser):
        browser.evaluate("document.querySelector('#clear').click()")
        browser.open(page.url)
        browser.wait("document.querySelector('#edit') !== null")
        look("empty")
        browser.click("#settings summary")
        look("settings")
        browser.press("Escape", "Escape", 27)
        page.choose(recording("12"))
        browser.wait(f"{IDLE} && !document.querySelector('#player').hidden")
        look("text")
        browser.evaluate("document.querySelector('#edit').click()")
        look("captions")
        browser.evaluate("document.querySelector('#edit').click()")
        browser.click("#clear")
        look("notice")


def main():
    program = find_browser()
    if program is None:
        missing("Chromium was not found")
        return
    with tempfile.TemporaryDirectory() as folder, Serving(PROGRAM) as server, Browser(
            program, recording("07"), "--autoplay-policy=no-user-gesture-required") as browser:
        page = Page(browser, server)
        browser.wait("document.querySelector('#edit') !== null")
        # A page without a click does not ask before it is left, which the browser logs as an intervention.
        done = page.run(
            (times_edits,), (tells_stable_words,), (chooses_a_microphone,), (shows_progress,), (offers_what_is_there,),
            (plays,), (edits_captions,), (reads_two_channels, pathlib.Path(folder)),
            (reads_several, pathlib.Path(folder)), (is_accessible,), expected=("network", "intervention"))
    print("; ".join(done))


main()
