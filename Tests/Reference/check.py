"""Compares the program `gigastt` with onnx-asr on the recordings of Demo/, with the fp32 and the int8 encoder.

    check.py PROGRAM

A recording of one utterance must give the same words. Longer ones are cut into utterances by the program and not by
onnx-asr, so there the word errors against the transcript count: over all of them, the program's rate may exceed
onnx-asr's by one point at most.
"""
import json
import os
import subprocess
import sys
import tempfile

import reference

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODEL = os.path.join(ROOT, "Sources", "GigaSTT", "BuiltInModel")
DEMO = os.path.join(ROOT, "Demo")
FP32_ENCODER, INT8_ENCODER = "v3_rnnt_encoder.onnx", "v3_rnnt_encoder_int8.onnx"
ALLOWED_POINTS = 1.0
TIME_LIMIT_SECONDS = 300


def words_of(text):
    return text.lower().replace("ё", "е").split()


def word_errors(expected, found):
    """Edit distance in words."""
    row = list(range(len(found) + 1))
    for i, word in enumerate(expected, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(found, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


def link_for_program(encoder, folder):
    """Fills `folder` with the model and one encoder only, so that the program cannot take the other."""
    unwanted = FP32_ENCODER if encoder == "int8" else INT8_ENCODER
    for name in os.listdir(MODEL):
        if name != unwanted:
            os.symlink(os.path.join(MODEL, name), os.path.join(folder, name))


def transcribe(program, folder, recording):
    """The program's raw words, or the reason why there are none."""
    command = [program, "transcribe", "--format", "json", "--model-dir", folder, recording]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=TIME_LIMIT_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None, f"no answer within {TIME_LIMIT_SECONDS} s"
    if done.returncode != 0:
        return None, f"status {done.returncode}: {done.stderr.decode(errors='replace').strip()[-300:]}"
    try:
        return [word["word"] for word in json.loads(done.stdout)["words"]], None
    except (ValueError, KeyError, TypeError) as problem:
        return None, f"the output is not the JSON of a transcript: {problem!r}"


class Comparison:
    """Counts of one run, and the table as it is printed."""

    def __init__(self):
        self.passed = self.failed = 0

    def row(self, encoder, name, passed, note):
        self.passed += passed
        self.failed += not passed
        print(f"  {'ok  ' if passed else 'FAIL'}  {encoder:4}  {name:20}  {note}", flush=True)

    def short(self, encoder, name, found, theirs):
        same = found == theirs
        note = " ".join(theirs)
        if not same:
            note = f"onnx-asr: {note}\n{'':34}ours:     {' '.join(found)}"
        self.row(encoder, name, same, note)

    def long(self, encoder, ours, theirs, words):
        our_rate, their_rate = 100 * ours / words, 100 * theirs / words
        note = f"WER {our_rate:.1f} %, onnx-asr {their_rate:.1f} % over {words} words"
        self.row(encoder, "long recordings", our_rate <= their_rate + ALLOWED_POINTS, note)


def compare(encoder, program, items, comparison):
    paths = [os.path.join(DEMO, item["file"]) for item in items]
    expected = {line["file"]: words_of(line["text"]) for line in reference.recognise(MODEL, encoder, paths)}
    ours = theirs = total = 0
    with tempfile.TemporaryDirectory() as folder:
        link_for_program(encoder, folder)
        for item, path in zip(items, paths):
            name = item["file"]
            found, problem = transcribe(program, folder, path)
            if problem:
                comparison.row(encoder, name, False, problem)
                continue
            found = words_of(" ".join(found))
            if "segments" not in item:
                comparison.short(encoder, name, found, expected[name])
                continue
            spoken = words_of(item["text"])
            errors = word_errors(spoken, found), word_errors(spoken, expected[name])
            print(f"        {encoder:4}  {name:20}  {errors[0]} errors, onnx-asr {errors[1]}, of {len(spoken)} words")
            ours, theirs, total = ours + errors[0], theirs + errors[1], total + len(spoken)
    if total:
        comparison.long(encoder, ours, theirs, total)


def main():
    if len(sys.argv) != 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit("usage: check.py PROGRAM, where PROGRAM is the built gigastt")
    with open(os.path.join(DEMO, "manifest.json"), encoding="utf-8") as file:
        items = json.load(file)["items"]
    comparison = Comparison()
    for encoder in ("fp32", "int8"):
        compare(encoder, os.path.abspath(sys.argv[1]), items, comparison)
    print(f"reference: {comparison.passed} passed, {comparison.failed} failed")
    return 1 if comparison.failed or not comparison.passed else 0


if __name__ == "__main__":
    sys.exit(main())
