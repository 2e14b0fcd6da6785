"""Word error rates of the small heads with onnx-asr: heads_evaluate.py HEADS SPEECH [DEMO]

HEADS has the files of heads_export.py, SPEECH held-out shards of synth.py. Words count as they are
written, with marks, capitals and digits, and `bare` as lower-case words without marks.
"""
import json
import os
import re
import sys
import tempfile
import wave

import numpy as np

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests", "Reference"))
import heads  # noqa: E402
from model import edit  # noqa: E402
from train import Corpus  # noqa: E402

FOLDED = str.maketrans("Ёё", "Ее")


def bare(text):
    return re.sub(r"[^а-я0-9]+", " ", text.lower()).split()


def speech(folder):
    corpus = Corpus(folder)
    for item in corpus.items:
        yield np.concatenate([np.zeros(4800, np.float32), corpus.wave(item), np.zeros(8000, np.float32)]), *item[5].split("|")


def demo(folder):
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
        for item in json.load(file)["items"]:
            with wave.open(os.path.join(folder, item["file"])) as sound:
                x = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float32) / 32768
            yield x, None, item["text"]


def main():
    fixtures, *sets = sys.argv[1:]
    for head in heads.MODELS:
        writes_marks = head.startswith("e2e")
        with tempfile.TemporaryDirectory() as folder:
            heads.fill(folder, head, fixtures, os.path.join(fixtures, "encoder_int8.onnx"))
            engine = heads.load(folder, head)
            for where in sets:
                counts = {"as written": [0, 0], "bare": [0, 0]}
                rows = demo(where) if os.path.exists(os.path.join(where, "manifest.json")) else speech(where)
                for number, (x, written, label) in enumerate(rows):
                    found = " ".join(word for word, _ in heads.words_of(engine.recognize(x)))
                    expected = written if writes_marks else label
                    if number % 20 == 0 or expected is None:
                        print(f"    {expected or label}\n      -> {found}")
                    if expected is None:
                        continue
                    expected, found = (text.translate(FOLDED) for text in (expected, found))
                    pairs = {"as written": (expected.split(), found.split()), "bare": (bare(expected), bare(found))}
                    for name, (a, b) in pairs.items():
                        counts[name][0] += edit(a, b)
                        counts[name][1] += len(a)
                if counts["bare"][1]:
                    print(f"{head:9} {os.path.basename(where):8}", ", ".join(
                        f"{name} WER {100 * e / n:.1f} % of {n}" for name, (e, n) in counts.items()), flush=True)


if __name__ == "__main__":
    main()
