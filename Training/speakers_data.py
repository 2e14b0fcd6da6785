"""Voices for the speaker model: espeak-ng variants with other vocal tracts and pitches, and a man's recordings.

train.i16, train.tsv: samples at 16 kHz back to back; offset <tab> samples <tab> speaker <tab> source
held.i16, held.tsv:   the same from variants that are never trained on

A vocal tract is scaled by synthesis at another rate and resampling: formants and pitch move together, and the pitch
parameter moves the pitch alone. A speaker is one variant, scale and pitch; rate, pitch range and small shifts of scale
and pitch change from utterance to utterance, as a person's do.

Of the man (Debian's festvox-ru) only recordings whose number is not divisible by 5 are taken, at five scales.
"""
import argparse, glob, os, random, re, wave
import numpy as np
from scipy.signal import resample_poly
from synth import Espeak

HELD = ["boris", "anika", "Denis", "marcelo", "m3", "m7", "f2", "f4", "steph2", "Alicia", "Hugo", "klatt4", "pablo",
        "linda", "travis", "grandma"]
TRAIN = ["m1", "m2", "m4", "m5", "m6", "m8", "f1", "f3", "f5", "", "klatt", "klatt2", "klatt3", "klatt5", "klatt6",
         "adam", "Alex", "Andrea", "Andy", "Annie", "antonio", "aunty", "belinda", "benjamin", "caleb", "david", "ed",
         "edward", "edward2", "Gene", "Gene2", "gustave", "Henrique", "Jacky", "john", "Lee", "Marco", "Mario", "max",
         "Michael", "michel", "miguel", "Mike", "norbert", "paul", "pedro", "quincy", "rob", "robert", "sandro", "shelby",
         "steph", "steph3", "victor", "zac", "grandpa", "Diogo", "Nguyen", "announcer", "iven", "iven2", "iven3", "iven4",
         "kaukovalta", "RicishayMax", "RicishayMax2", "RicishayMax3", "Tweaky", "AnxiousAndy"]
SCALES = [0.84, 0.93, 1.02, 1.12, 1.22]        # above 1: shorter tract, higher formants
PITCHES = [10, 35, 60, 85]


def scaled(x, factor):
    """Everything `factor` times higher and faster."""
    return np.interp(np.arange(0, len(x) - 1, factor), np.arange(len(x)), x).astype(np.float32)


def speakers(variants, count, rng):
    for v in variants:
        places = [(s, p) for i, s in enumerate(SCALES) for j, p in enumerate(PITCHES) if (i + j) % 2 == 0]
        rng.shuffle(places)
        for s, p in places[:count]:
            yield v, s, p


def write(base, rows):
    off = 0
    with open(base + ".i16", "wb") as f, open(base + ".tsv", "w") as t:
        for x, speaker, source in rows:
            m = float(np.abs(x).max()) if len(x) else 0
            if m < 1e-3 or len(x) < 16000:
                continue
            f.write((x * (0.5 / m) * 32767).astype(np.int16).tobytes())
            t.write(f"{off}\t{len(x)}\t{speaker}\t{source}\n")
            off += len(x)
    print(base, f"{off / 16000 / 3600:.2f} h", flush=True)


def synthetic(variants, count, each, texts, seed):
    es, rng = Espeak(), random.Random(seed)
    for v, s, p in speakers(variants, count, rng):
        for _ in range(each):
            text = rng.choice(texts)
            while len(text) < 70:
                text += ". " + rng.choice(texts)
            scale = s * rng.uniform(0.985, 1.015)
            x = es.say(text[:90], v, rng.randint(120, 210) / scale, min(99, max(0, p + rng.randint(-8, 8))),
                       rng.randint(15, 90))
            yield scaled(x, scale)[:16000 * 6], f"{v or 'default'}/{s}/{p}", "espeak"


def man(folder, limit):
    paths = sorted(glob.glob(os.path.join(folder, "**", "wav", "*.wav"), recursive=True))
    random.Random(4).shuffle(paths)
    for path in paths[:limit]:
        if int(re.search(r"(\d+)\.wav$", path)[1]) % 5 == 0:
            continue
        with wave.open(path) as w:
            rate, x = w.getframerate(), np.frombuffer(w.readframes(w.getnframes()), np.int16) / 32768
        x = resample_poly(x, 16000, rate) if rate != 16000 else x
        for s in (0.8, 0.89, 1.0, 1.12, 1.25):
            yield scaled(x.astype(np.float32), s)[:16000 * 6], f"man/{s}", "man"


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--texts", required=True); ap.add_argument("--man", required=True); ap.add_argument("--out", required=True)
    ap.add_argument("--speakers", type=int, default=4); ap.add_argument("--each", type=int, default=5)
    ap.add_argument("--recordings", type=int, default=150)
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    texts = [l.split("\t")[1] for l in open(a.texts, encoding="utf-8")]
    write(os.path.join(a.out, "held"), synthetic(HELD, 2, 4, texts, 2))
    parts = (man(a.man, a.recordings), synthetic(TRAIN, a.speakers, a.each, texts, 1))
    write(os.path.join(a.out, "train"), (row for part in parts for row in part))


if __name__ == "__main__":
    main()
