#!/usr/bin/env python3
"""Makes the table that the WordPiece tokenizer is compared with: a vocabulary trained by the library `tokenizers`, and the
ids that it gives to strings of every kind.

    tokenizer.py FOLDER [COUNT]      writes tokenizer.json and cases.json; COUNT strings, 600 by default

Needs `tokenizers` 0.23 from PyPI. The table in Tests/STTTextTests/Tokenizer was made with it; a longer one is compared with
    GIGASTT_TEST_TOKENIZER=FOLDER swift test --filter PunctuatorTests
"""
import json
import pathlib
import random
import sys

from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ODD = [
    "\0", "\ufffd", "\t", "\n", "\r\n", "\u00a0", "\u2028", "\u200b", "\u00ad", "\ue000", "\ufeff", "\x7f", "中", "𠀀", "、",
    "…", "—", "«", "»", "$", "+", "^", "`", "|", "~", "_", "[CLS]", "[MASK]", "[UNK", "е\u0301", "ё", "Ё", "🙂", "👩‍👩‍👧", "שלום",
    "مرحبا", "ß", "İ", "ﬁ", "①", "½", "٣", "\U000e0041", "и\u0306",
]


def texts():
    spoken = json.loads((ROOT / "Demo/manifest.json").read_text(encoding="utf-8"))["items"]
    yield from (item["text"] for item in spoken)
    yield from (line.split("\t")[2] for line in
                (ROOT / "Tests/STTTextTests/numbers.tsv").read_text(encoding="utf-8").splitlines()[1:])


def trained(lines):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=None)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=700, special_tokens=SPECIAL, show_progress=False)
    tokenizer.train_from_iterator(lines + ["Привет, мир! Из-за «леса» (3,5 %)"] * 3, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIAL])
    return tokenizer


def strings(lines, count):
    dice = random.Random(11)
    words = sorted({word for line in lines for word in line.split()})
    for index in range(count):
        parts = []
        for _ in range(dice.randint(0, 9)):
            kind = dice.random()
            word = dice.choice(words)
            if kind < 0.55:
                parts.append(word)
            elif kind < 0.65:
                parts.append(word.capitalize() + dice.choice(",.!?-:"))
            elif kind < 0.75:
                parts.append(word[:dice.randint(1, 4)] + dice.choice(ODD) + word[2:])
            elif kind < 0.9:
                parts.append(dice.choice(ODD))
            elif kind < 0.95:
                parts.append(word * dice.randint(5, 20))
            else:
                parts.append("".join(chr(dice.randrange(32, 0x600)) for _ in range(5)))
        yield dice.choice([" ", "  ", " ", ""]).join(parts)


def main():
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 600
    folder.mkdir(parents=True, exist_ok=True)
    lines = list(texts())
    tokenizer = trained(lines)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    cases = list(strings(lines, count))
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in cases]
    (folder / "cases.json").write_text(
        json.dumps({"strings": cases, "ids": ids}, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
