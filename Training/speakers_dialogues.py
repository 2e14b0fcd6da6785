"""Dialogues to measure with `gigastt-bench speakers`: NAME.wav (16 kHz) and NAME.rttm with who speaks when.

    speakers_dialogues.py --texts TEXTS --man FESTVOX --woman ASTERISK --out FOLDER

synth-N-i: N espeak-ng voices that are never trained on (HELD of speakers_data.py), i of each number.
real-i: a man (festvox-ru, numbers divisible by 5: never trained on) and a woman (asterisk-core-sounds-ru-wav: never
trained on), both in the woman's band of 8 kHz, so that the band does not tell them apart.
one-voice-*: a single speaker.

--first draws other dialogues, to measure with those that nothing was chosen by. --uneven gives the first voice two turns of
three.
"""
import argparse, glob, os, random, re, wave
import numpy as np
from scipy.signal import resample_poly
from speakers_data import HELD, PITCHES, SCALES, scaled
from synth import Espeak


# In the package of the woman: screams of monkeys, tones and silence, which are no speech of hers.
NO_SPEECH = re.compile(r"(tt-monkeys|beep\w*|\w+-2tone|silence/\d+)\.wav$")


def read(path):
    with wave.open(path) as w:
        rate, x = w.getframerate(), np.frombuffer(w.readframes(w.getnframes()), np.int16) / 32768
    x = resample_poly(resample_poly(x, 8000, rate) if rate != 8000 else x, 2, 1)
    loud = np.nonzero(np.abs(x) > 0.01)[0]
    return x[loud[0]:loud[-1] + 1].astype(np.float32) if len(loud) else x[:0].astype(np.float32)


def spans(x, gap=0.3, level=0.004):
    """Where speech is, without pauses from `gap` seconds on."""
    frame = 160
    rms = np.sqrt(np.mean(x[:len(x) // frame * frame].reshape(-1, frame) ** 2, 1))
    rms = rms / max(rms.max(), 1e-6)
    voiced = np.nonzero(rms > level * 5)[0]
    out = []
    for f in voiced:
        if out and f - out[-1][1] <= gap * 100:
            out[-1][1] = f + 1
        else:
            out.append([f, f + 1])
    return [(a / 100, b / 100) for a, b in out]


def write(folder, name, turns, rng):
    at, parts, lines = 0.3, [np.zeros(4800, np.float32)], []
    for speaker, x in turns:
        x = x / max(1e-6, np.abs(x).max()) * rng.uniform(0.25, 0.6)
        for a, b in spans(x):
            lines.append(f"SPEAKER {name} 1 {at + a:.3f} {b - a:.3f} <NA> <NA> {speaker} <NA> <NA>\n")
        pause = np.zeros(int(16000 * rng.uniform(0.15, 0.9)), np.float32)
        parts += [x, pause]
        at += (len(x) + len(pause)) / 16000
    x = np.concatenate(parts)
    x = x + np.random.default_rng(1).normal(0, 0.0008, len(x))
    with wave.open(os.path.join(folder, name + ".wav"), "wb") as w:
        w.setnchannels(1); w.setsampwidth(2); w.setframerate(16000)
        w.writeframes((np.clip(x, -1, 1) * 32767).astype("<i2").tobytes())
    open(os.path.join(folder, name + ".rttm"), "w").writelines(lines)
    return at


def order(count, seconds, rng, turn, uneven=False):
    """Turns until `seconds` are full; the next speaker is another one unless it is `uneven`, and all speak."""
    at, last, n = 0, -1, 0
    while at < seconds:
        s = n % count if n < count else rng.choice([i for i in range(count) if i != last] or [0])
        if uneven and n >= count and rng.random() < 2 / 3:
            s = 0
        x = turn(s)
        yield s, x
        last, n, at = s, n + 1, at + len(x) / 16000


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--texts", required=True); ap.add_argument("--man", required=True); ap.add_argument("--woman", required=True)
    ap.add_argument("--out", required=True); ap.add_argument("--each", type=int, default=4)
    ap.add_argument("--counts", type=int, nargs="+", default=[1, 2, 3, 4, 6, 8])
    ap.add_argument("--first", type=int, default=0); ap.add_argument("--uneven", action="store_true")
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    numbers = range(a.first, a.first + a.each)
    texts = [l.split("\t")[1] for l in open(a.texts, encoding="utf-8")]
    es = Espeak()
    for count in a.counts:
        for i in numbers:
            rng = random.Random(1000 * count + i)
            variants = rng.sample(HELD, count)
            voices = [(v, rng.choice(SCALES), rng.choice(PITCHES)) for v in variants]

            def turn(s):
                v, scale, pitch = voices[s]
                text = ". ".join(rng.choice(texts) for _ in range(rng.randint(1, 3)))[:160]
                x = es.say(text, v, rng.randint(130, 190) / scale, pitch + rng.randint(-5, 5), rng.randint(30, 70))
                return scaled(x, scale)
            write(a.out, f"synth-{count}-{i}", list(order(count, 60 + 20 * count, rng, turn, a.uneven)), rng)
    man = sorted(p for p in glob.glob(os.path.join(a.man, "**", "wav", "*.wav"), recursive=True)
                 if int(re.search(r"(\d+)\.wav$", p)[1]) % 5 == 0)
    woman = sorted(p for p in glob.glob(os.path.join(a.woman, "**", "*.wav"), recursive=True)
                   if os.path.getsize(p) > 16000 and not NO_SPEECH.search(p))
    for i in numbers:
        rng = random.Random(77 + i)

        def turn(s):
            parts = []
            while sum(map(len, parts)) < 16000 * rng.uniform(1.5, 5):
                parts += [read(rng.choice((man, woman)[s])), np.zeros(3200, np.float32)]
            return np.concatenate(parts[:-1])
        write(a.out, f"real-{i}", list(order(2, 150, rng, turn, a.uneven)), rng)
        write(a.out, f"one-voice-{('man', 'woman')[i % 2]}-{i // 2}", [(0, turn(i % 2)) for _ in range(25)], rng)


if __name__ == "__main__":
    main()
