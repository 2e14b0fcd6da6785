"""Precision, recall and F1 of a punctuation model's marks and capitals on held-out texts, with ONNX Runtime.

    punctuation_evaluate.py MODEL TEXT_FILE... [--joined] [--show N]

Each line is a text of its own; with --joined all lines are one, cut into overlapping windows as the program cuts it.
"""
import argparse
import json
import os
import random

import numpy
import onnxruntime
from tokenizers import Tokenizer

from punctuation_labels import CASES, MARKS, labelled, written

WINDOW, OVERLAP = 250, 40
ROWS = ["COMMA", "PERIOD", "QUESTION", "capital"]


class Model:
    def __init__(self, folder):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(os.path.join(folder, "rupunct_small_int8.onnx"), options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
        with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
            names = json.load(file)["id2label"]
        self.labels = [(CASES.index(c), MARKS.index(m)) for c, m in (names[str(i)].rsplit("_", 1) for i in range(len(names)))]

    def window(self, words):
        text = " ".join(words)
        starts = numpy.cumsum([0] + [len(word) + 1 for word in words[:-1]])
        encoded = self.tokenizer.encode(text)
        ids = numpy.array([encoded.ids], dtype=numpy.int64)
        scores = self.session.run(None, {"input_ids": ids, "attention_mask": numpy.ones_like(ids), "token_type_ids": numpy.zeros_like(ids)})[0][0]
        place = {begin: i for i, (begin, end) in reversed(list(enumerate(encoded.offsets))) if end > begin}
        return [self.labels[int(scores[place[start]].argmax())] if start in place else self.labels[0] for start in starts]

    def labels_of(self, words):
        found, start = [], 0
        while True:
            end = min(start + WINDOW, len(words))
            part = self.window(words[start:end])
            last = end == len(words)
            found += part[len(found) - start:None if last else WINDOW - OVERLAP // 2]
            if last:
                return found
            start += WINDOW - OVERLAP


def counts(expected, found):
    """True positives, and how many were found and expected, of each class."""
    of = lambda labels: [{MARKS[mark], "capital" if case else ""} for case, mark in labels]
    pairs = list(zip(of(expected), of(found), strict=True))
    return {row: numpy.array([sum(row in e and row in f for e, f in pairs), sum(row in f for _, f in pairs), sum(row in e for e, _ in pairs)])
            for row in ROWS}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("texts", nargs="+")
    parser.add_argument("--joined", action="store_true")
    parser.add_argument("--show", type=int, default=0)
    arguments = parser.parse_args()
    model, everything = Model(arguments.model), {row: numpy.zeros(3, int) for row in ROWS}
    words_in_all = 0

    def show(name, words, total):
        cells = []
        for row in ROWS:
            right, found, expected = total[row]
            p, r = 100 * right / max(found, 1), 100 * right / max(expected, 1)
            cells.append(f"{row.lower()} P {p:5.1f} R {r:5.1f} F1 {2 * p * r / max(p + r, 1e-9):5.1f}")
        print(f"{name:14} {words:6} words  " + "  ".join(cells), flush=True)

    for path in arguments.texts:
        random.seed(3)
        with open(path, encoding="utf-8") as file:
            lines = [labelled(line, split_hyphens=1.0) for line in file]
        if arguments.joined:
            random.shuffle(lines)
            lines = [[word for line in lines for word in line]]
        total, words = {row: numpy.zeros(3, int) for row in ROWS}, 0
        for number, line in enumerate(filter(None, lines)):
            bare, expected = [word for word, _, _ in line], [(case, mark) for _, case, mark in line]
            found = model.labels_of(bare)
            if number < arguments.show:
                print("   ", written(bare, found)[:400])
            words += len(bare)
            for row, value in counts(expected, found).items():
                total[row] += value
                everything[row] += value
        words_in_all += words
        show(os.path.splitext(os.path.basename(path))[0], words, total)
    show("all", words_in_all, everything)


if __name__ == "__main__":
    main()
