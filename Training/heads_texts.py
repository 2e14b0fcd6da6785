"""Utterances for the heads that write marks, capitals and digits: what is spoken, and what they must write.

    heads_texts.py --fortunes FOLDER --mo GLOB... --out FOLDER

Writes `train.tsv` and `held.tsv` for synth.py: `marked`, what is spoken, `written|bare`. Both have the marks that give the
pauses; `written` has digits for cardinal numbers and for ordinals of dates, `bare` is what the other heads write, with ё.
"""
import argparse
import os
import random
import re

import punctuation_texts
import texts

ALPHABET = re.compile(r"[А-Яа-яЁё .,?!:;—-]+")
MOST_WORDS = 14


def units():
    """Number words below a thousand: value, and the value from which on nothing can follow within the number."""
    table = {"ноль": (0, 1)}
    for words in (texts.ONES_M, texts.ONES_F):
        table |= {w: (n, 1) for n, w in enumerate(words) if w}
    table |= {w: (10 + n, 1) for n, w in enumerate(texts.TEENS)}
    table |= {w: (10 * n, 10) for n, w in enumerate(texts.TENS) if w}
    return table | {w: (100 * n, 100) for n, w in enumerate(texts.HUNDREDS) if w}


CARDINALS = units()
ORDINALS = {texts.ordinal(n, case): (n, 1) for n in (*range(1, 20), *range(20, 100, 10)) for case in "ng"}
ORDINALS |= {"двухтысячного": (2000, 1), "девятисотого": (900, 1)}
THOUSANDS = {"тысяча", "тысячи", "тысяч"}


class Number:
    """Number words, one after the other, as long as they make one number."""

    def __init__(self):
        self.value = self.below = None
        self.has_thousands = False

    def take(self, word, table):
        if word in THOUSANDS:
            if self.has_thousands or self.value == 0:
                return False
            self.value, self.below, self.has_thousands = 1000 * (self.value or 1), 1000, True
            return True
        value, rest = table.get(word, (None, None))
        if value is None or self.value is not None and not 0 < value < self.below:
            return False
        self.value, self.below = (self.value or 0) + value, rest
        return True


def with_digits(spoken):
    words, out, at = spoken.split(), [], 0
    while at < len(words):
        number, end, is_closed = Number(), at, False
        while end < len(words) and not is_closed:
            word = words[end].rstrip(",")
            if not number.take(word, CARDINALS):
                after = words[end + 1] if end + 1 < len(words) else ""
                is_date = after.rstrip(",") in texts.MONTHS or after == "года"
                if not (is_date and number.take(word, ORDINALS)):
                    break
                is_closed = True
            is_closed = is_closed or words[end].endswith(",")
            end += 1
        if end == at:
            out.append(words[at])
            at += 1
        else:
            out.append(str(number.value) + ("," if words[end - 1].endswith(",") else ""))
            at = end
    return " ".join(out)


def bare(spoken):
    return re.sub(r"[^а-яё]+", " ", spoken.lower()).strip()


def template():
    kind = random.choice([kind for kind, (_, weight) in texts.GENS.items() for _ in range(weight)])
    spoken = texts.GENS[kind][0]()
    is_question = any(re.search(rf"(^|, ){q}\b", spoken) for q in punctuation_texts.QUESTIONS)
    mark = "?" if is_question else "."
    return spoken + mark, punctuation_texts.printed(with_digits(spoken), mark)


def prose(fortunes, patterns):
    """Sentences that are read as they are printed: numbers in them would be ambiguous."""
    found = list(punctuation_texts.fortunes(fortunes)) + list(punctuation_texts.translations(patterns))
    for _, text in found:
        for sentence in re.split(r"(?<=[.!?])\s+", re.sub(r"\s+", " ", text).replace(" – ", " — ").replace(" - ", " — ")):
            words = sentence.split()
            has_number = any(w in CARDINALS for w in bare(sentence).split())
            if (3 <= len(words) <= MOST_WORDS and ALPHABET.fullmatch(sentence) and punctuation_texts.usable(sentence)
                    and ".." not in sentence and texts.acceptable(sentence) and not has_number):
                yield sentence, sentence


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fortunes", required=True)
    parser.add_argument("--mo", required=True, nargs="+")
    parser.add_argument("--templates", type=int, default=7000)
    parser.add_argument("--prose", type=int, default=2500)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    random.seed(23)
    sentences = sorted(set(prose(arguments.fortunes, arguments.mo)))
    random.shuffle(sentences)
    rows, seen = {"train": [], "held": []}, set()
    drawn = [template() for _ in range(2 * arguments.templates)]
    for pool, most in ((drawn, arguments.templates), (sentences, arguments.prose)):
        count = 0
        for spoken, written in pool:
            label = bare(spoken)
            if label in seen or count == most:
                continue
            seen.add(label)
            count += 1
            rows["held" if texts.is_held(label, 40) else "train"].append((spoken, written, label))
    os.makedirs(arguments.out, exist_ok=True)
    for name, found in rows.items():
        random.shuffle(found)
        with open(os.path.join(arguments.out, name + ".tsv"), "w", encoding="utf-8") as file:
            file.writelines(f"marked\t{spoken}\t{written}|{label}\n" for spoken, written, label in found)
        print(f"{name}: {len(found)} utterances, {sum(len(w.split()) for _, w, _ in found)} words")


if __name__ == "__main__":
    main()
