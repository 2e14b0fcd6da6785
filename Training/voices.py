"""Other voices made of one: pitch, vocal tract and pace are changed with the WORLD vocoder (pyworld).

usage: voices.py TRAIN_FOLDER SHARD SEED [SHARE]

Reads a shard, `human` or one of `festival.py`, and writes another beside it, one version of each recording, or of SHARE of
them. Two thirds get the pitch of a woman and formants up to a quarter higher, the others the pitch of another man. M. Morise et al., WORLD, IEICE
Transactions on Information and Systems, 2016.
"""
import os, sys
import numpy as np
import pyworld
from shard import RATE, ShardWriter


def changed(x, pitch, formants, pace):
    """the recording with its pitch and formants multiplied, `pace` times as fast"""
    f0, times = pyworld.dio(x, RATE, frame_period=8)
    f0 = pyworld.stonemask(x, f0, times, RATE)
    spectrum = pyworld.cheaptrick(x, f0, times, RATE)
    noise = pyworld.d4c(x, f0, times, RATE)
    n = spectrum.shape[1]
    at = np.minimum(np.arange(n) / formants, n - 1)
    low = np.minimum(at.astype(int), n - 2)
    part = at - low
    spectrum = spectrum[:, low] * (1 - part) + spectrum[:, low + 1] * part
    noise = noise[:, low] * (1 - part) + noise[:, low + 1] * part
    return pyworld.synthesize(f0 * pitch, np.ascontiguousarray(spectrum), np.ascontiguousarray(noise), RATE, 8 / pace)


def main():
    folder, name, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
    share = float(sys.argv[4]) if len(sys.argv) > 4 else 1
    source, rng = os.path.join(folder, f"shard_{name}"), np.random.default_rng(seed)
    samples = np.memmap(source + ".i16", dtype="<i2", mode="r")
    with ShardWriter(folder, f"{name}_voices{seed}") as shard:
        for line in open(source + ".tsv", encoding="utf-8"):
            start, length, *_, kind, label = line.rstrip("\n").split("\t")
            if rng.random() >= share:
                continue
            x = samples[int(start):int(start) + int(length)] / 32768.0
            woman = rng.random() < 2 / 3
            pitch, formants = (rng.uniform(1.5, 2.2), rng.uniform(1.08, 1.25)) if woman else (rng.uniform(.75, 1.4), rng.uniform(.88, 1.12))
            y = changed(x, pitch, formants, rng.uniform(.9, 1.2))
            shard.add((y / max(1, np.abs(y).max()) * 32767).astype("<i2"), "woman" if woman else "man", kind, label)
    print(f"{60 * shard.hours:.1f} min")


if __name__ == "__main__":
    main()
