"""Words and labels of the punctuation contract (RUPunct): what training reads from printed text, and what it writes."""
import random
import re

CASES = ["LOWER", "UPPER", "UPPER_TOTAL"]
MARKS = ["O", "PERIOD", "COMMA", "QUESTION", "VOSKL", "DVOETOCHIE", "PERIODCOMMA", "DEFIS", "MNOGOTOCHIE", "QUESTIONVOSKL", "TIRE"]
NAMES = [f"{case}_{mark}" for case in CASES for mark in MARKS]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PAD, UNK, CLS, SEP, MASK = range(5)
# Marks that sound alike are one class. A dash is not written: the label's rule sets it without a space.
CLASS = {".": "PERIOD", "!": "PERIOD", "…": "PERIOD", ",": "COMMA", ";": "COMMA", "?": "QUESTION", ":": "DVOETOCHIE"}
SUFFIX = {"PERIOD": ".", "COMMA": ",", "QUESTION": "?", "DVOETOCHIE": ":"}


def mark_of(tail):
    """The class of the marks after a word: a question mark wins, then the last mark."""
    if "?" in tail:
        return MARKS.index("QUESTION")
    known = [c for c in tail.replace("...", "…") if c in CLASS]
    return MARKS.index(CLASS[known[-1]]) if known else 0


def case_of(word):
    letters = [c for c in word if c.isalpha()]
    if len(letters) > 1 and all(c.isupper() for c in letters):
        return 2
    return 1 if letters and letters[0].isupper() else 0


def labelled(text, split_hyphens=0.0):
    """(word, case, mark) of each word, as a recogniser writes it: small letters, no ё, no marks; some hyphens are spaces."""
    result = []
    text = re.sub(r"[«»„“”\"()*_]", " ", text.replace("ё", "е").replace("Ё", "Е").replace("--", "—"))
    for word in text.split():
        match = re.fullmatch(r"[^\w+−%°₽$€№-]*(.*?)([^\w%°₽$€]*)", word)
        core, tail = match[1].strip("-–—"), match[2]
        if not core:
            if result and any(c in CLASS for c in word) and result[-1][2] == 0:
                result[-1] = (*result[-1][:2], mark_of(word))
            continue
        parts = [core]
        if "-" in core and core.replace("-", "").isalpha() and random.random() < split_hyphens:
            parts = core.split("-")
        result += [(part.lower(), case_of(part), 0) for part in parts[:-1] if part]
        result.append((parts[-1].lower(), case_of(parts[-1]), mark_of(tail)))
    return result


def written(words, labels):
    """The finished text of words with labels "CASE_MARK"."""
    done = []
    for word, (case, mark) in zip(words, labels, strict=True):
        shown = word.upper() if case == 2 else word[:1].upper() + word[1:] if case == 1 else word
        done.append(shown + SUFFIX.get(MARKS[mark], ""))
    return " ".join(done)
