#!/usr/bin/env python3
"""Compares the Russian documents with the English ones: one line a finding, exit status 1 when there is any.

    Scripts/translations.py             README.ru.md with README.md, docs/ru/NAME.md with docs/NAME.md
    Scripts/translations.py --test      the checks themselves: each must find its fault

Equal on both sides: the levels of the headings in order, the code blocks without their comments, the number of pictures, and of
each table the number of rows and columns and what stands in backquotes in each row. Links to files of the project must lead
somewhere, and every picture says what it shows. The text of the Russian page has «», no hyphen for a dash, no-break spaces
before dashes and units, and no Latin letters in Russian words.
"""
import collections
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
# A comment at the end of a command, and one of its own line.
COMMENT = re.compile(r"\s*(?:(?<=\s)|^)(?:#|//) .*$")
Page = collections.namedtuple("Page", "headings code tables prose")


def parsed(text):
    """Headings, code, tables and prose of a page, each with its line numbers."""
    headings, code, tables, prose = [], [], [], []
    fence, in_table = None, False
    for number, line in enumerate(text.splitlines(), 1):
        mark = re.match(r" *```(\w*)", line)
        if mark:
            if fence is None:
                fence = mark.group(1)
                code.append((number, f"```{fence}"))
            else:
                fence = None
            continue
        if fence is not None:
            # Diagrams and printed answers are code, too; only comments are translated.
            stripped = COMMENT.sub("", line).rstrip()
            if stripped:
                code.append((number, stripped))
            continue
        heading = re.match(r"(#+) ", line)
        if heading:
            headings.append((number, len(heading.group(1))))
        is_row = line.startswith("|")
        if is_row and not in_table:
            tables.append([])
        if is_row:
            cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
            tables[-1].append((number, len(cells), sorted(re.findall(r"`([^`]+)`", line))))
        in_table = is_row
        prose.append((number, line))
    return Page(headings, code, tables, prose)


def differences(english, russian):
    """Yields (line of the Russian page, what is wrong)."""
    yield from sequence(english.headings, russian.headings, "heading of level")
    yield from sequence(english.code, russian.code, "line of code")
    for index, (left, right) in enumerate(zip(english.tables, russian.tables), 1):
        if len(left) != len(right):
            yield right[0][0], f"table {index} has {len(right)} rows, the English one {len(left)}"
            continue
        for (_, count, spans), (number, other, others) in zip(left, right):
            if count != other:
                yield number, f"the row has {other} columns, the English one {count}"
            elif spans != others:
                lacking = " ".join(f"`{span}`" for span in sorted(set(spans) ^ set(others))) or "a repetition"
                yield number, f"the row differs from the English one in {lacking}"
    yield from sequence(*([(number, "![…]") for number, _ in pictures(page)] for page in (english, russian)), "picture")
    if len(english.tables) != len(russian.tables):
        yield 1, f"the page has {len(russian.tables)} tables, the English one {len(english.tables)}"


def sequence(english, russian, what):
    """The first difference of two sequences."""
    for (line, left), (number, right) in zip(english, russian):
        if left != right:
            yield number, f"{what} {right!r}; line {line} of the English page has {left!r}"
            return
    if len(english) != len(russian):
        longer, side = (english, "English") if len(english) > len(russian) else (russian, "Russian")
        number, value = longer[min(len(english), len(russian))]
        yield number if side == "Russian" else 1, f"only the {side} page has the {what} {value!r} (its line {number})"


def pictures(page):
    """Line and text of each picture."""
    for number, line in page.prose:
        for text in re.findall(r"!\[([^\]]*)\]\(", line):
            yield number, text


def wordless(page):
    """Pictures that a reader who does not see them learns nothing of."""
    for number, text in pictures(page):
        if len(text.split()) < 3:
            yield number, f"the picture says only {text!r} of what it shows"


def typography(page):
    for number, line in page.prose:
        # What is written for programs: code, targets of links, addresses, HTML.
        text = re.sub(r"`[^`]*`|\]\([^)]*\)|https?://\S+|<[^>]*>|&\w+;", " ", line)
        if '"' in text or "“" in text:
            yield number, "quotation marks are « and »"
        if re.search(r"\S -{1,2} \S", text):
            yield number, "a dash is —"
        if re.search(r"\S —", text):
            yield number, "a no-break space (U+00A0) goes before —"
        if re.search(r"\d (?:м?с|[КМГ]и?Б|к?Гц|%|ч|мин)(?!\w)", text):
            yield number, "a no-break space (U+00A0) goes between a number and its unit"
        mixed = re.search(r"\b(?=\w*[a-zA-Z])(?=\w*[а-яА-ЯёЁ])[a-zA-Zа-яА-ЯёЁ]+\b", text)
        if mixed:
            yield number, f"{mixed.group(0)} mixes Latin and Cyrillic letters"


def links(path, page):
    for number, line in page.prose:
        for target in re.findall(r"\]\(([^)\s]+)\)", line):
            name, _, anchor = target.partition("#")
            if re.match(r"[a-z]+:", target) or not name and not anchor:
                continue
            file = (path.parent / name) if name else path
            if not file.exists():
                yield number, f"{target} does not exist"
            elif anchor and file.suffix == ".md" and anchor not in anchors(file):
                yield number, f"{target}: there is no such heading"


def anchors(file):
    """The anchors of headings as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def pairs():
    yield ROOT / "README.md", ROOT / "README.ru.md"
    for russian in sorted((ROOT / "docs/ru").glob("*.md")):
        yield ROOT / "docs" / russian.name, russian


def check():
    findings = []
    for english, russian in pairs():
        name = os.path.relpath(russian, ROOT)
        if not english.exists():
            findings.append(f"{name}:1: there is no {os.path.relpath(english, ROOT)}")
            continue
        left, page = parsed(english.read_text(encoding="utf-8")), parsed(russian.read_text(encoding="utf-8"))
        faults = [*differences(left, page), *wordless(page), *typography(page), *links(russian, page)]
        findings += [f"{name}:{number}: {text}" for number, text in faults]
        name = os.path.relpath(english, ROOT)
        findings += [f"{name}:{number}: {text}" for number, text in [*wordless(left), *links(english, left)]]
    return findings


GOOD = ("# A\n\n```\ngigastt serve   # starts\n```\n\n| a | b |\n|---|---|\n| `x` | one |\n\n![What it shows](a.svg)\n",
        "# А\n\n```\ngigastt serve   # запуск\n```\n\n| а | б |\n|---|---|\n| `x` | один |\n\n«Да»\u00a0— нет, 5\u00a0мс, то-то.\n\n![Что на ней видно](a.svg)\n")
FAULTS = [  # what is replaced in the good Russian page, and a word of the finding
    ("# А", "## А", "heading"),
    ("# А\n", "# А\n\n## Б\n", "heading"),
    ("gigastt serve", "gigastt listen", "line of code"),
    ("gigastt serve   # запуск\n", "", "line of code"),
    ("| `x` | один |\n", "", "rows"),
    ("| `x` | один |", "| `y` | один |", "differs"),
    ("| `x` | один |", "| `x` |", "columns"),
    ("![Что на ней видно](a.svg)", "", "picture"),
    ("![Что на ней видно]", "![]", "shows"),
    ("«Да»", '"Да"', "quotation"),
    ("\u00a0— ", " - ", "dash"),
    ("\u00a0—", " —", "before —"),
    ("5\u00a0мс", "5 мс", "unit"),
    ("Да", "Дa", "mixes"),
]


def test():
    english, russian = GOOD

    def found(text):
        page = parsed(text)
        return [text for _, text in [*differences(parsed(english), page), *wordless(page), *typography(page)]]

    assert not found(russian), found(russian)
    for old, new, word in FAULTS:
        assert old in russian, old
        texts = found(russian.replace(old, new, 1))
        assert any(word in text for text in texts), (new, texts)
    print(f"translations: {len(FAULTS)} faults are found")


if __name__ == "__main__":
    if sys.argv[1:] == ["--test"]:
        test()
    elif sys.argv[1:]:
        raise SystemExit(__doc__)
    else:
        for finding in (result := check()):
            print(finding)
        sys.exit(1 if result else 0)
