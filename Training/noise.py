"""Background sounds for training: coloured noise, hum, a fan, a street, babble, music-like tones. All unit variance."""
import numpy as np


def coloured(n, rng):
    m = 1 << (n - 1).bit_length()
    w = rng.standard_normal(m, dtype=np.float32)
    if rng.random() < .4:
        return w[:n]
    a = rng.uniform(.6, .97)                     # low-pass coloured noise through an FFT tilt
    f = np.fft.rfft(w)
    z = np.exp(-2j * np.pi * np.arange(len(f)) / m)
    return np.fft.irfft(f * (1 - a) / (1 - a * z), m)[:n].astype(np.float32)


def hum(n, rng):
    t = np.arange(n, dtype=np.float32) / 16000
    base = rng.choice([50, 60, 100]) * rng.uniform(.995, 1.005)
    return sum(np.sin(2 * np.pi * base * k * t + rng.uniform(0, 6.28)) * rng.uniform(0, 1) / k for k in range(1, 12))


def fan(n, rng):
    """coloured noise whose level turns with the blades, above a low hum"""
    t = np.arange(n, dtype=np.float32) / 16000
    turn = 1 + rng.uniform(.05, .4) * np.sin(2 * np.pi * rng.uniform(3, 40) * t)
    return coloured(n, rng) * turn + rng.uniform(0, .5) * hum(n, rng)


def street(n, rng):
    """a rumble that swells and fades, as traffic does"""
    points = rng.uniform(.2, 1.5, max(2, n // 12000) + 2)
    level = np.interp(np.arange(n), np.linspace(0, n, len(points)), points)
    f = np.fft.rfft(rng.standard_normal(n, dtype=np.float32))
    hz = np.linspace(0, 8000, len(f))
    return np.fft.irfft(f / (1 + hz / rng.uniform(100, 600)), n) * level


def music(n, rng):
    """chords of decaying tones"""
    out, at = np.zeros(n, np.float32), 0
    while at < n:
        length = min(n - at, int(16000 * rng.uniform(.15, .8)))
        t = np.arange(length, dtype=np.float32) / 16000
        root = 110 * 2 ** (rng.integers(0, 30) / 12)
        for step in rng.choice([0, 3, 4, 7, 9, 12], rng.integers(1, 4), replace=False):
            pitch = root * 2 ** (step / 12)
            for k in range(1, 5):
                out[at:at + length] += np.sin(2 * np.pi * pitch * k * t) * np.exp(-3 * t) * rng.uniform(.2, 1) / k
        at += length
    return out


def babble(n, rng, corpus):
    """several voices of the corpus at once"""
    out = np.zeros(n, np.float32)
    for _ in range(rng.integers(3, 8)):
        x = corpus.wave(corpus.items[rng.integers(len(corpus.items))])
        at = rng.integers(0, len(x))
        x = np.tile(np.roll(x, at), n // len(x) + 1)[:n]
        out += x / (x.std() + 1e-6) * rng.uniform(.3, 1)
    return out


def background(n, rng, corpus):
    kind = rng.random()
    x = (coloured(n, rng) if kind < .4 else fan(n, rng) if kind < .52 else street(n, rng) if kind < .64
         else babble(n, rng, corpus) if kind < .82 else music(n, rng) if kind < .92 else hum(n, rng))
    return (x / (x.std() + 1e-9)).astype(np.float32)
