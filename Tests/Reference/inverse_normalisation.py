"""Compares the number rules with NeMo's Russian inverse text normalisation on tables of cases.

    inverse_normalisation.py PROGRAM TABLE... [--nemo FOLDER] [--failures FILE]

A table has the columns id, category, spoken, written and reason, with a header; `written` holds the accepted forms,
separated by " | ", the convention's one first. FOLDER holds NeMo's own cases, `spoken~written` in `test_cases_*.txt`
(tests/nemo_text_processing/ru/data_inverse_text_normalization of NeMo-text-processing); they follow NeMo's conventions
("02:03", "12.12.2006", "31 руб.").

The columns: `exact` is the first accepted form, `accepted` any of them, `digits` the same digits in the same order
whatever the signs and words around them, so that the conventions of neither side count. Needs nemo-text-processing,
in an environment of its own: it requires pynini.
"""
import argparse
import glob
import os
import re
import subprocess
import sys


def read_table(path):
    with open(path, encoding="utf-8") as file:
        header, *lines = [line.rstrip("\n").split("\t") for line in file]
    for line in lines:
        row = dict(zip(header, line, strict=True))
        yield row["id"], row["category"], row["spoken"], row["written"].split(" | ")


def read_nemo(folder):
    for path in sorted(glob.glob(os.path.join(folder, "test_cases_*.txt"))):
        name = os.path.basename(path)[len("test_cases_"):-len(".txt")]
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(filter(str.strip, file), 1):
                spoken, written = line.rstrip("\n").split("~")
                yield f"{name}-{number:03}", name, spoken, [written]


def with_program(program, texts):
    done = subprocess.run([program, "normalize"], input="".join(text + "\n" for text in texts), stdout=subprocess.PIPE,
                          text=True, check=True)
    return done.stdout.split("\n")[:-1]


def with_nemo(texts, cache):
    from nemo_text_processing.inverse_text_normalization.inverse_normalize import InverseNormalizer
    normaliser = InverseNormalizer(lang="ru", cache_dir=cache)
    # A text that it refuses with an exception counts as unchanged.
    for text in texts:
        try:
            yield normaliser.inverse_normalize(text, verbose=False)
        except Exception as problem:
            print(f"NeMo refused {text!r}: {problem!r}", file=sys.stderr)
            yield text


def digits(text):
    """The digits in order, leading zeros included: in a code they count."""
    return re.sub(r"\D+", "", text)


def score(cases, outputs):
    pairs = [(case[3], found) for case, found in zip(cases, outputs, strict=True)]
    return (sum(found == written[0] for written, found in pairs), sum(found in written for written, found in pairs),
            sum(digits(found) in map(digits, written) for written, found in pairs))


def row(name, cases, engines):
    count = len(cases)
    cells = []
    for outputs in engines:
        cells += [f"{value:5} {100 * value / count:5.1f} %" for value in score(cases, outputs)]
    return f"{name:24} {count:5}  " + "  ".join(cells)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("tables", nargs="+", metavar="TABLE")
    parser.add_argument("--nemo", metavar="FOLDER", help="NeMo's own cases")
    parser.add_argument("--cache", metavar="FOLDER", help="keep NeMo's grammar here: building it takes minutes")
    parser.add_argument("--failures", metavar="FILE", help="write what was not accepted, as TSV")
    parser.add_argument("--categories", action="store_true", help="print a line a category too")
    arguments = parser.parse_args()
    sets = [(os.path.basename(path), list(read_table(path))) for path in arguments.tables]
    if arguments.nemo:
        sets.append(("NeMo's cases", list(read_nemo(arguments.nemo))))
    texts = [spoken for _, cases in sets for _, _, spoken, _ in cases]
    ours, theirs = with_program(arguments.program, texts), list(with_nemo(texts, arguments.cache))
    columns = ["gigastt exact", "accepted", "digits", "NeMo exact", "accepted", "digits"]
    print(f"{'':24} {'cases':>5}  " + "  ".join(f"{column:>13}" for column in columns))
    start, failures = 0, []
    for name, cases in sets:
        found = ours[start:start + len(cases)], theirs[start:start + len(cases)]
        start += len(cases)
        print(row(name, cases, found))
        if arguments.categories:
            for category in dict.fromkeys(case[1] for case in cases):
                chosen = [i for i, case in enumerate(cases) if case[1] == category]
                print(row("  " + category, [cases[i] for i in chosen], [[outputs[i] for i in chosen] for outputs in found]))
        failures += [(name, *case[:3], " | ".join(case[3]), a, b) for case, a, b in zip(cases, *found, strict=True)
                     if a not in case[3] or b not in case[3]]
    if arguments.failures:
        with open(arguments.failures, "w", encoding="utf-8") as file:
            file.write("table\tid\tcategory\tspoken\twritten\tgigastt\tnemo\n")
            file.writelines("\t".join(line) + "\n" for line in failures)


if __name__ == "__main__":
    main()
