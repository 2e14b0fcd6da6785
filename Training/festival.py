"""Shards of a Festival voice that speaks any text with the recordings of Debian's `festvox-ru`, without those of the test set.

usage: festival.py PACKAGE_ROOT VOICE_FOLDER TEXTS TRAIN_FOLDER SHARD [--limit N] [--workers N] [--seed N]

PACKAGE_ROOT: festvox-ru, unpacked with `dpkg -x`. VOICE_FOLDER: a copy of its voice in which no unit of a recording whose
number is divisible by 5 is left, neither in the catalogue nor in the leaves of the selection trees; made if missing.
Writes the shard SHARD (`shard.py`), with the kind `festival`.
"""
import argparse, os, random, re, shutil, subprocess, tempfile, wave
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from human import VOICE
from shard import ShardWriter

CATALOGUE, TREES = "festival/clunits/msu_ru_nsh.catalogue", "festival/trees/msu_ru_nsh.tree"
DRIVER = """
(set! msu_ru_nsh::dir "{folder}/")
(set! load-path (cons "{folder}/festvox/" load-path))
(load "{folder}/festvox/msu_ru_nsh_clunits.scm")
(voice_msu_ru_nsh_clunits)
(define (say text stretch file)
  (Parameter.set 'Duration_Stretch stretch)
  (unwind-protect (utt.save.wave (utt.synth (eval (list 'Utterance 'Text text))) file 'riff) nil))
"""


def is_test(recording):
    return int(recording.removeprefix("ru_")) % 5 == 0


def parsed(text):
    """an s-expression as nested lists of strings"""
    stack = [[]]
    for token in re.findall(r'"[^"]*"|[()]|[^\s()"]+', text):
        if token == "(":
            stack.append([])
        elif token == ")":
            stack[-2].append(stack.pop())
        else:
            stack[-1].append(token)
    return stack[0]


def written(tree):
    return tree if isinstance(tree, str) else "(" + " ".join(map(written, tree)) + ")"


def pruned(tree, unit, kept):
    """the tree without units that are not kept; a question with an empty side is replaced by its other side"""
    if len(tree) == 1:                           # a leaf: its units with their distances, and the mean distance
        (units, mean), = tree
        units = [u for u in units if f"{unit}_{u[0]}" in kept]
        return [[units, mean]] if units else None
    question, yes, no = tree
    yes, no = pruned(yes, unit, kept), pruned(no, unit, kept)
    return [question, yes, no] if yes and no else yes or no


def make_voice(root, folder):
    source = os.path.join(root, VOICE)
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("dict", "etc", "festvox", "lib"):
        shutil.copytree(os.path.join(source, name), os.path.join(folder, name))
    for name in ("mcep", "wav"):
        os.makedirs(os.path.join(folder, name))
        for file in os.listdir(os.path.join(source, name)):
            if not is_test(file.split(".")[0]):
                os.symlink(os.path.abspath(os.path.join(source, name, file)), os.path.join(folder, name, file))
    for name in (CATALOGUE, TREES):
        os.makedirs(os.path.dirname(os.path.join(folder, name)))
    head, body = open(os.path.join(source, CATALOGUE)).read().split("EST_Header_End\n")
    entries = [e for e in body.splitlines() if e and not is_test(e.split()[1])]
    with open(os.path.join(folder, CATALOGUE), "w") as f:
        f.write(re.sub(r"NumEntries \d+", f"NumEntries {len(entries)}", head) + "EST_Header_End\n")
        f.writelines(e + "\n" for e in entries)
    kept = {e.split()[0] for e in entries}
    text = re.sub(r"^;;.*$", "", open(os.path.join(source, TREES)).read(), flags=re.M)
    (_, variable, _, trees), *_ = parsed(text)
    left = [[unit, pruned(tree, unit.strip('"'), kept)] for unit, tree in trees]
    with open(os.path.join(folder, TREES), "w") as f:
        f.write(f"(set! {variable} '(\n" + "\n".join(written(t) for t in left if t[1]) + "\n))\n")
    return len(entries)


def spoken(rows, folder):
    """int16 samples at 16 kHz of each text, or None where the voice fails"""
    with tempfile.TemporaryDirectory() as out:
        script = os.path.join(out, "say.scm")
        with open(script, "w", encoding="utf-8") as f:
            f.write(DRIVER.format(folder=os.path.abspath(folder)))
            for i, (text, stretch) in enumerate(rows):
                f.write(f'(say "{re.sub(r"[^а-яё ,.!?+-]", " ", text.lower())}" {stretch:.3f} "{out}/{i}.wav")\n')
        try:
            subprocess.run(["festival", "-b", script], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600)
        except subprocess.TimeoutExpired:
            print("a batch of texts took too long:", rows[0][0], flush=True)
        for i in range(len(rows)):
            try:
                with wave.open(f"{out}/{i}.wav", "rb") as w:
                    yield np.frombuffer(w.readframes(w.getnframes()), "<i2") if w.getframerate() == 16000 else None
            except (OSError, EOFError, wave.Error):
                yield None


def main():
    ap = argparse.ArgumentParser()
    for name in ("root", "voice", "texts", "out", "shard"):
        ap.add_argument(name)
    ap.add_argument("--limit", type=int, default=10**9)
    ap.add_argument("--workers", type=int, default=2)
    ap.add_argument("--seed", type=int, default=1)
    a = ap.parse_args()
    rng = random.Random(a.seed)
    if not os.path.exists(os.path.join(a.voice, TREES)):
        print(make_voice(a.root, a.voice), "units")
    rows = [l.rstrip("\n").split("\t") for l in open(a.texts, encoding="utf-8")]
    rng.shuffle(rows)
    rows = rows[:a.limit]
    parts = [rows[i:i + 50] for i in range(0, len(rows), 50)]
    with ThreadPoolExecutor(a.workers) as pool, ShardWriter(a.out, a.shard) as shard:
        said = pool.map(lambda part: list(spoken(part, a.voice)), [[(r[1], rng.uniform(.85, 1.2)) for r in p] for p in parts])
        for part, waves in zip(parts, said):
            for (_, _, label), x in zip(part, waves):
                if x is not None and 3200 < len(x) < 320000:
                    shard.add(x, "man", "festival", label)
    print(f"{shard.path}: {shard.hours:.2f} h")


if __name__ == "__main__":
    main()
