"""The page in Firefox: recordings, formats, the player, captions, accessibility.

Of the microphone only its failure: without a sound device, as on most servers, Firefox starts no audio clock, and no worklet
runs.

usage: browser_firefox.py PROGRAM [FOLDER-FOR-SCREENSHOTS]
"""

import base64
import json
import os
import pathlib
import sys
import time

import requests

from firefox import Firefox, find_firefox
from serving import Serving, missing, recording

PROGRAM = sys.argv[1]
SCREENSHOTS = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
IDLE = "!document.body.classList.contains('busy')"
WORDS = "[...document.querySelectorAll('#text [data-at]')]"
# https://w3c.github.io/webdriver/#keyboard-actions
ENTER = "\ue007"


def format(browser, name):
    browser.evaluate(f"document.querySelector('input[value={name}]').click()")
    return browser.evaluate("document.querySelector(document.querySelector('#rendering').hidden ? '#text' : '#rendering').textContent")


def opens(browser, server, path):
    browser.open(f"{server.url}/")
    browser.wait("document.querySelector('#edit') !== null && document.querySelector('#model').textContent.startsWith('giga')")
    browser.choose("#picker", path)
    browser.wait(f"{IDLE} && {WORDS}.length > 2 && !document.querySelector('#player').hidden")


def reads(browser, server):
    """A recording is read, and its subtitles are the server's own."""
    path = recording("12")
    opens(browser, server, path)
    assert browser.evaluate("document.documentElement.lang") == "ru"
    answer = requests.post(f"{server.url}/v1/transcribe?format=srt", data=path.read_bytes(), timeout=60)
    answer.encoding = "utf-8"
    assert format(browser, "srt") == answer.text
    format(browser, "txt")


def plays(browser, server):
    """A word that is clicked is heard and lit."""
    browser.evaluate(f"{WORDS}[5].scrollIntoView(), {WORDS}[5].id = 'sixth'")
    browser.click("#sixth")
    browser.wait(f"!document.querySelector('audio').paused && {WORDS}.indexOf(document.querySelector('#text .lit')) >= 5")
    browser.evaluate("document.querySelector('audio').pause()")


def edits(browser, server):
    """Captions are edited by keyboard, and Enter splits one."""
    browser.click("#edit")
    rows = browser.evaluate("document.querySelectorAll('#editor textarea').length")
    browser.evaluate("document.querySelector('#editor textarea').focus(), document.activeElement.select()")
    browser.type(f"Да, включи телевизор{ENTER}")
    browser.evaluate("document.activeElement.blur()")
    assert browser.evaluate("document.querySelectorAll('#editor textarea').length") == rows, "Enter at the end splits nothing"
    browser.evaluate("document.querySelector('#editor textarea').focus(), document.activeElement.setSelectionRange(3, 3)")
    browser.type(ENTER)
    assert browser.evaluate("document.querySelectorAll('#editor textarea').length") == rows + 1
    browser.click("#edit")
    assert format(browser, "txt").startswith("Да, включи телевизор")
    assert "\nДа,\n" in format(browser, "srt")
    format(browser, "txt")


def explains_silence(browser, server):
    """Where Firefox does not start its sound, the page says so and listens no longer."""
    starts = browser.evaluate("Promise.race([new AudioContext().resume().then(() => true),"
                              " new Promise((done) => setTimeout(done, 2000, false))])")
    browser.click("#talk")
    if not starts:
        browser.wait("document.querySelector('#notice-text').textContent.startsWith('Браузер не запустил обработку звука')")
        browser.wait(IDLE)
        browser.click("#notice-close")
        # A click while it waits stops it at once, without a notice.
        browser.click("#talk")
        browser.wait("document.body.classList.contains('listening')")
    browser.click("#talk")
    browser.wait(IDLE)
    assert browser.evaluate("document.querySelector('#notice').hidden") or starts


def is_accessible(browser, server):
    """axe-core finds nothing, and nothing is cut off at the size of a phone."""
    path = os.environ.get("GIGASTT_TEST_AXE")
    browser.size(360, 740)
    opens(browser, server, recording("06"))
    for state in ("text", "captions"):
        if SCREENSHOTS:
            (SCREENSHOTS / f"firefox-{state}.png").write_bytes(base64.b64decode(browser.screenshot()))
        assert browser.evaluate("document.documentElement.scrollWidth") == 360
        if path:
            browser.run(pathlib.Path(path).read_text(encoding="utf-8") + ";0")
            found = browser.evaluate("axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations"
                                     ".map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]))")
            assert not found, (state, found)
        browser.evaluate("document.querySelector('#edit').click()")


def main():
    program = find_firefox()
    if program is None:
        missing("Firefox was not found")
        return
    done = []
    with Serving(PROGRAM) as server:
        for scheme, parts in (("light", (reads, plays, edits, explains_silence, is_accessible)), ("dark", (is_accessible,))):
            with Firefox(program, scheme) as browser:
                for part in parts:
                    start = time.monotonic()
                    part(browser, server)
                    done.append(f"{part.__name__} {time.monotonic() - start:.1f} s")
                assert not browser.complaints(), browser.complaints()
    print("; ".join(done))


main()
