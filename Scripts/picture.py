#!/usr/bin/env python3
"""Writes the pictures of the page that README.md and README.ru.md show: docs/page.svg and docs/ru/page.svg.

    Scripts/picture.py PROGRAM    PROGRAM: the built `gigastt`; `make picture` builds it and runs this

The page of a server with the built-in model gets a demo recording as a file, and then another from the microphone of Chromium.
While a sentence is open, the document of the page is put into an SVG with its style sheet: a text file, which stays sharp and is
light or dark as the system of the reader is.
"""
import json
import pathlib
import sys
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/Clients"))

from devtools import Browser, find_browser
from page import IDLE, Page
from serving import Serving, recording

FILE, SPOKEN = recording("12"), recording("08")
# Higher than a low window, whose style has no wave.
WIDTH, HEIGHT = 880, 680
LARGEST = 60_000
# Whole words of an open sentence that its final keeps.
MOMENT = """((words, text) => words.split(' ').length > 3 && text.startsWith(words) && !/\\p{L}/u.test(text[words.length] ?? ''))(
    document.querySelector('#tentative').textContent.replace(/[.?]$/, ''), SENTENCE)"""
# The page as a document of its own: without scripts and what is hidden, and with the styles that apply to this size only.
DOCUMENT = """(() => {
    const wave = document.querySelector('#wave'), body = document.body.cloneNode(true);
    const bars = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    for (const element of body.querySelectorAll('script, noscript, audio, [hidden], .sheet, #drop')) element.remove();
    for (const element of body.querySelectorAll('[style]')) element.removeAttribute('style');
    // A canvas has no content in a document: the same bars as shapes.
    const { width, height } = wave, pixels = wave.getContext('2d').getImageData(0, 0, width, height).data;
    for (let x = width - 6; x > 0; x -= 6) {
        let size = 0;
        for (let y = 0; y < height; y++) size += pixels[4 * (y * width + x + 1) + 3] > 127;
        if (size === 0) continue;
        const bar = document.createElementNS(bars.namespaceURI, 'rect');
        for (const [name, value] of Object.entries({ x, y: (height - size) / 2, width: 3, height: size })) bar.setAttribute(name, value);
        bars.append(bar);
    }
    bars.setAttribute('id', 'wave');
    bars.setAttribute('viewBox', `0 0 ${width} ${height}`);
    body.lang = document.documentElement.lang;
    body.querySelector('#wave').replaceWith(bars);
    const rules = [...document.styleSheets].flatMap(({ cssRules }) => [...cssRules]).filter((rule) => !rule.conditionText
        || rule.conditionText.includes('color-scheme') || matchMedia(rule.conditionText).matches && !/motion/.test(rule.conditionText));
    const text = rules.map((rule) => rule.conditionText && !rule.conditionText.includes('color-scheme')
        ? [...rule.cssRules].map(({ cssText }) => cssText).join('\\n') : rule.cssText).join('\\n');
    return [new XMLSerializer().serializeToString(body), text];
})()"""


def picture(browser, server, language):
    """The page in a language while it listens, as SVG."""
    browser.call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=1, mobile=False)
    page = Page(browser, server, language)
    page.choose(FILE)
    browser.wait(f"{IDLE} && document.querySelectorAll('#text p').length > 2")
    # The text stays, without its player.
    browser.open(page.url)
    browser.wait("document.querySelector('#edit') !== null")
    browser.click("#talk")
    browser.wait(MOMENT.replace("SENTENCE", json.dumps(page.rendered(SPOKEN, "txt"))), 20)
    body, style = browser.evaluate(DOCUMENT)
    browser.click("#talk")
    # The edge of the picture, and a layer of its own for what lies behind the page.
    style += (f"\nbody {{ width: {WIDTH}px; height: {HEIGHT}px; position: relative; isolation: isolate; overflow: hidden;"
              " border: 1px solid var(--line); border-radius: 1rem; }\n#wave rect { fill: var(--accent); stroke: none; }")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">\n'
            f"<style><![CDATA[\n{style}\n]]></style>\n"
            f'<foreignObject width="{WIDTH}" height="{HEIGHT}">\n{body}\n</foreignObject>\n</svg>\n')


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    chromium = find_browser() or sys.exit("Chromium was not found: make setup-tests")
    with Serving(sys.argv[1], environment={"GIGASTT_PUNCTUATION": "auto"}) as server:
        for language, name in (("en-GB", "docs/page.svg"), ("ru-RU", "docs/ru/page.svg")):
            # A browser for each: its microphone plays once.
            with Browser(chromium, SPOKEN) as browser:
                text = picture(browser, server, language)
            xml.etree.ElementTree.fromstring(text)
            assert len(text.encode()) <= LARGEST, len(text.encode())
            (ROOT / name).write_text(text, encoding="utf-8")
            print(f"written: {name}, {len(text.encode())} bytes")


main()
