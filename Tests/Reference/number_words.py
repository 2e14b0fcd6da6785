"""Round trip of the number rules with num2words: number_words.py PROGRAM [COUNT]

num2words writes random numbers in words, in every case, gender and form that it knows; `gigastt normalize` must write the
same numbers in digits. Left out is what is no Russian: of an ordinal above 999 num2words often makes the thousands an
ordinal too ("пятнадцатый тысяч седьмой").
"""
import random
import re
import subprocess
import sys

from num2words import num2words


def random_number(rng):
    kind = rng.random()
    if kind < 0.2:
        return rng.randrange(1_000)
    if kind < 0.4:
        return rng.randrange(1_000, 100_000)
    return int(10 ** rng.uniform(0, 12))


def random_case(rng):
    """What num2words writes, and a check of what the program makes of it."""
    number, kind = random_number(rng), rng.random()
    form = {"case": rng.choice("ngdaip"), "gender": rng.choice("mfn"), "plural": rng.random() < 0.1,
            "animate": rng.random() < 0.5}
    if kind < 0.5:
        return num2words(number, lang="ru", **form), lambda text: text == str(number)
    if kind < 0.75:
        written = num2words(number, lang="ru", to="ordinal", **form if number < 1_000 else {})
        if re.search(r"(ый|ой|ий) (тысяч|миллион|миллиард)", written):
            return random_case(rng)
        return written, lambda text: " " not in text and text.partition("-")[0] == str(number)
    if kind < 0.85:
        value = number / 100
        return num2words(value, lang="ru"), lambda text: " " not in text and float(text.replace(",", ".")) == value
    if kind < 0.95:
        written = num2words(number / 100, lang="ru", to="currency", currency=rng.choice(["RUB", "USD", "EUR"]))
        return written, lambda text: text[:-2] == f"{number // 100},{number % 100:02}" and text[-1] in "₽$€"
    return num2words(-number, lang="ru"), lambda text: text == str(-number)


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    rng = random.Random(5)
    cases = [random_case(rng) for _ in range(count)]
    lines = "".join(words + "\n" for words, _ in cases)
    done = subprocess.run([program, "normalize"], input=lines, stdout=subprocess.PIPE, text=True, check=True)
    written = done.stdout.splitlines()
    wrong = [(words, text) for (words, holds), text in zip(cases, written, strict=True) if not holds(text)]
    for words, text in wrong[:10]:
        print(f"numbers: {words!r} became {text!r}")
    print(f"numbers: {len(cases) - len(wrong)} of {len(cases)} numbers of num2words came back")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
