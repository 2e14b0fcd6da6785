"""Texts with marks and capitals for the punctuation model, from the corpora and the template grammar of texts.py.

    punctuation_texts.py --fortunes FOLDER --mo GLOB... [--help-pages FOLDER] [--program gigastt] --out FOLDER

Writes `train.txt` and held-out `held_<kind>.txt`: a text a line, words as they are printed. With --program, half of the
template texts are written with digits, as the number pass writes them. Held-out texts share no sentence with training.
"""
import argparse
import gettext
import glob
import hashlib
import html
import os
import random
import re
import subprocess

import texts

QUESTIONS = ("какая", "какой", "сколько", "который", "что ты", "что сейчас", "кто", "будет ли", "есть ли", "чем могу")
NAMES = {word for forms in texts.NAMES.values() for word in forms} | set(texts.SURN_M) | set(texts.CITY) | {
    place.split()[1] for place in texts.CITY_LOC} | {"ленина", "пушкина", "мира", "гагарина", "победы", "чехова",
    "мичурина", "алиса", "маруся", "джарвис", "россия"}
NAMES -= {"маме", "папе", "бабушке", "дедушке", "брату", "сестре", "жене", "мужу", "начальнику", "соседу", "врачу", "учителю"}
# Kinds of template whose commas only give the synthesiser pauses.
WITHOUT_COMMAS = {"digits", "phone"}
HELD_OUT_SHARE = 25


def fortunes(folder):
    for path in sorted(glob.glob(os.path.join(folder, "*"))):
        if path.endswith((".dat", ".u8")):
            continue
        with open(path, encoding="utf-8", errors="ignore") as file:
            for item in re.split(r"\r?\n%\r?\n", file.read()):
                item = re.sub(r"\n\s*--.*", "", item, flags=re.S)
                lines = [line.strip() for line in item.splitlines() if line.strip()]
                if not is_verse(lines):
                    yield "fortunes", " ".join(lines)


def is_verse(lines):
    """Lines of a verse begin with capitals that no sentence requires."""
    return len(lines) > 2 and sum(map(len, lines)) / len(lines) < 50 and sum(l[0].isupper() for l in lines) > 0.6 * len(lines)


def translations(patterns):
    for path in sorted(path for pattern in patterns for path in glob.glob(pattern)):
        with open(path, "rb") as file:
            catalog = gettext.GNUTranslations(file)._catalog
        for key, value in catalog.items():
            if key and isinstance(value, str):
                for paragraph in re.split(r"\n+", re.sub(r"<[^>]*>", " ", value)):
                    yield "wesnoth", paragraph


def help_pages(folder):
    for path in sorted(glob.glob(os.path.join(folder, "**", "*.html"), recursive=True)):
        with open(path, encoding="utf-8", errors="ignore") as file:
            for paragraph in re.findall(r"<p [^>]*class=\"(?:paragraph|tip|note|warning)[^>]*>(.*?)</p>", file.read(), flags=re.S):
                yield "help", html.unescape(re.sub(r"<[^>]*>", "", paragraph))


def usable(text):
    """Whole Russian sentences: what ends in a mark, is not code, and is not set in capitals."""
    letters = [c for c in text if c.isalpha()]
    return (len(text.split()) >= 3 and re.search(r"[.!?…][»\")]*$", text) and not re.search(r"[@#$^&=<>/\\|~{}\[\]_%+]|\.\w|\d[.,]\d", text)
            and sum("а" <= c.lower() <= "я" or c in "ёЁ" for c in letters) > 0.9 * len(letters)
            and sum(c.isupper() for c in letters) < 0.2 * len(letters) and text.lstrip(" -–—\"«(")[:1].isupper())


def templates(count):
    kinds = [kind for kind, (_, weight) in texts.GENS.items() for _ in range(weight)]
    for _ in range(count):
        kind = random.choice(kinds)
        spoken = texts.GENS[kind][0]()
        if kind in WITHOUT_COMMAS:
            spoken = spoken.replace(",", "")
        mark = "?" if any(re.search(rf"(^|, ){q}\b", spoken) for q in QUESTIONS) else "."
        yield "template", spoken, mark


def with_digits(pieces, program):
    """The pieces as the number pass writes them; a mark between numerals ends a number, so each piece stands alone."""
    done = subprocess.run([program, "normalize"], input="\n".join(pieces) + "\n", stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.split("\n")[:len(pieces)]


def printed(spoken, mark):
    words = [w[0].upper() + w[1:] if w.strip(",") in NAMES else w for w in spoken.split()]
    text = " ".join(words) + mark
    return text[0].upper() + text[1:]


def finished_templates(count, program):
    drawn = list(templates(count))
    pieces = [piece for _, spoken, _ in drawn for piece in spoken.split(", ")]
    numbers = iter(with_digits(pieces, program) if program else pieces)
    for kind, spoken, mark in drawn:
        written = ", ".join(next(numbers) for _ in spoken.split(", "))
        yield kind, printed(random.choice([spoken, written]), mark)


def sentences(text):
    return [re.sub(r"\W+", " ", s.lower()).strip() for s in re.split(r"(?<=[.!?…])\s+", text)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fortunes", required=True)
    parser.add_argument("--mo", required=True, nargs="+")
    parser.add_argument("--help-pages")
    parser.add_argument("--help-words", type=int, default=120_000)
    parser.add_argument("--templates", type=int, default=12_000)
    parser.add_argument("--program")
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    random.seed(11)
    found = list(fortunes(arguments.fortunes)) + list(translations(arguments.mo))
    if arguments.help_pages:
        pages, words = list(help_pages(arguments.help_pages)), 0
        random.shuffle(pages)
        for kind, text in pages:
            if words < arguments.help_words and len(text.split()) >= 6 and usable(re.sub(r"\s+", " ", text).strip()):
                words += len(text.split())
                found.append((kind, text))
    prose = [(kind, text) for kind, text in ((k, re.sub(r"\s+", " ", t).strip()) for k, t in found) if usable(text)]
    everything = prose + list(finished_templates(arguments.templates, arguments.program))
    train, held, seen = [], {}, set()
    for kind, text in everything:
        key = re.sub(r"\W+", " ", text.lower())
        if key in seen:
            continue
        seen.add(key)
        if int(hashlib.md5(key.encode()).hexdigest(), 16) % HELD_OUT_SHARE == 0:
            held.setdefault(kind, []).append(text)
        else:
            train.append(text)
    trained = {s for text in train for s in sentences(text)}
    os.makedirs(arguments.out, exist_ok=True)
    held = {kind: [t for t in rows if not any(s in trained for s in sentences(t))] for kind, rows in held.items()}
    for name, rows in {"train": train, **{f"held_{kind}": rows for kind, rows in held.items()}}.items():
        with open(os.path.join(arguments.out, name + ".txt"), "w", encoding="utf-8") as file:
            file.write("".join(text + "\n" for text in rows))
        print(f"{name}: {len(rows)} texts, {sum(len(t.split()) for t in rows)} words")


if __name__ == "__main__":
    main()
