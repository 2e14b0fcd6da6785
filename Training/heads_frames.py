"""What a trained encoder makes of speech, kept on disk: the small heads learn from it without running the encoder again.

    heads_frames.py SPEECH MODEL OUT [COUNT]     shards of synth.py, a folder of the `rnnt` contract, where to write, and
                                                 how many sentences to take

OUT.f16 has the encoder's frames one after the other, 768 half-precision numbers each; OUT.tsv a line an utterance: first
frame, number of frames, `written|bare`. Utterances are also joined, with silence and noise around them.
"""
import os
import sys

import numpy as np
import onnxruntime
import torch

import noise
from model import ENC_DIM, Mel
from train import Corpus

LONGEST_SECONDS, RATE = 16, 16000


def groups(corpus, rng):
    """Every utterance once: most alone, the others joined."""
    order, at = rng.permutation(len(corpus.items)), 0
    while at < len(order):
        most, seconds, group = (1 if rng.random() < .6 else int(rng.integers(2, 6))), 0, []
        while at < len(order) and len(group) < most:
            item = corpus.items[order[at]]
            if group and seconds + item[2] / RATE > LONGEST_SECONDS - 3:
                break
            group.append(item)
            seconds += item[2] / RATE
            at += 1
        yield group


def wave(corpus, group, rng):
    silence = lambda least, most: np.zeros(int(RATE * rng.uniform(least, most)), np.float32)
    parts = [silence(0, .6)]
    for item in group:
        parts += [corpus.wave(item) * rng.uniform(.4, 1.4), silence(.3, 1.6)]
    parts[-1] = silence(.1, 1)
    x = np.concatenate(parts)
    if rng.random() < .5:
        x = x + noise.coloured(len(x), rng) * np.sqrt(np.mean(x * x)) * 10 ** (-rng.uniform(12, 40) / 20)
    return np.clip(x * 10 ** rng.uniform(-.8, 0), -1, 1).astype(np.float32)


def joined(labels):
    return "|".join(" ".join(part) for part in zip(*(label.split("|") for label in labels)))


def sessions(model):
    """Both forms of the encoder, so that the heads hold for both."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    names = [n for n in ("v3_rnnt_encoder.onnx", "v3_rnnt_encoder_int8.onnx") if os.path.exists(os.path.join(model, n))]
    return [onnxruntime.InferenceSession(os.path.join(model, n), options, providers=["CPUExecutionProvider"]) for n in names]


def main():
    speech, model, out, *count = sys.argv[1:]
    torch.set_num_threads(1)
    rng, mel, corpus, encoders = np.random.default_rng(3), Mel(), Corpus(speech), sessions(model)
    if count:
        del corpus.items[int(count[0]):]
    start, lines = 0, []
    with open(out + ".f16", "wb") as file:
        for number, group in enumerate(groups(corpus, rng)):
            features = mel(torch.from_numpy(wave(corpus, group, rng))).t()[None].numpy()
            encoded = encoders[number % len(encoders)].run(["encoded"], {
                "audio_signal": features, "length": np.array([features.shape[2]], np.int64)})[0][0]
            assert encoded.shape[0] == ENC_DIM
            file.write(np.ascontiguousarray(encoded.T).astype(np.float16).tobytes())
            lines.append(f"{start}\t{encoded.shape[1]}\t{joined([item[5] for item in group])}\n")
            start += encoded.shape[1]
    with open(out + ".tmp", "w", encoding="utf-8") as file:
        file.writelines(lines)
    os.rename(out + ".tmp", out + ".tsv")
    print(f"{out}: {len(lines)} utterances, {start / 25 / 3600:.1f} h")


if __name__ == "__main__":
    main()
