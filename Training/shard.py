"""Shards, the recordings to train on: samples one after another in `shard_NAME.i16`, 16 bits at 16 kHz, and a row for each
recording in `shard_NAME.tsv`: first sample, number of samples, voice, words a minute, pitch, kind, text."""
import os

RATE = 16000


class ShardWriter:
    """Writes a shard; its rows appear when all of it is written, so that a training never reads a part."""

    def __init__(self, folder, name):
        os.makedirs(folder, exist_ok=True)
        self.path, self.length = os.path.join(folder, f"shard_{name}"), 0

    def __enter__(self):
        self.samples, self.rows = open(self.path + ".i16", "wb"), open(self.path + ".tmp", "w", encoding="utf-8")
        return self

    def add(self, x, voice, kind, text, pace=0, pitch=0):
        """int16 samples, and what is known of them; pace and pitch as espeak-ng takes them, 0 if unknown"""
        self.samples.write(x.tobytes())
        self.rows.write(f"{self.length}\t{len(x)}\t{voice}\t{pace}\t{pitch}\t{kind}\t{text}\n")
        self.length += len(x)

    def __exit__(self, failure, *_):
        self.samples.close(), self.rows.close()
        if failure is None:
            os.replace(self.path + ".tmp", self.path + ".tsv")

    @property
    def hours(self):
        return self.length / RATE / 3600
