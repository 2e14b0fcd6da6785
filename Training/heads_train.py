"""Trains the small heads on the frames of a frozen encoder: e2e_rnnt, and a layer or a few for each CTC head.

    heads_train.py FRAMES MODEL OUT --minutes M      frames of heads_frames.py (without suffix), the encoder's model

The prediction network and the joint start from those of MODEL, all but what belongs to single tokens. They first learn the
one path on which the CTC head of the same pieces aligns a text, a sixteenth of the work of all paths; then all paths of short
utterances, which is the RNN-T's own loss.
"""
import argparse
import math
import os
import shutil
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

import warm
from model import ENC_DIM, Decoder, Joint, RnntFromProjections, VOCAB

PIECES = 256
SHORT_FRAMES = 200
RUSSIAN = [chr(c) for c in range(ord("а"), ord("я") + 1)]
# The published multilingual head has further alphabets.
MULTILINGUAL = [" ", *RUSSIAN, "ё", *"abcdefghijklmnopqrstuvwxyz"]


class Frames:
    def __init__(self, path):
        self.values = np.memmap(path + ".f16", np.float16, "r").reshape(-1, ENC_DIM)
        with open(path + ".tsv", encoding="utf-8") as file:
            rows = [line.rstrip("\n").split("\t") for line in file]
        self.rows = [(int(first), int(count), *label.split("|")) for first, count, label in rows]

    def batch(self, indices):
        """[B, T, 768] and lengths"""
        rows = [self.rows[i] for i in indices]
        x = torch.zeros(len(rows), max(r[1] for r in rows), ENC_DIM)
        for i, (first, count, *_) in enumerate(rows):
            x[i, :count] = torch.from_numpy(self.values[first:first + count].astype(np.float32))
        return x, torch.tensor([r[1] for r in rows])

    def batches(self, rng, size, most=10**9):
        """Indices of utterances of like length, of up to `most` frames; `size` bounds the cells of their lattices."""
        cost = [count * (1 + len(written) // 2) for _, count, written, _ in self.rows]
        order = [i for i, row in enumerate(self.rows) if row[1] <= most]
        order.sort(key=lambda i: cost[i] * rng.uniform(.9, 1.1))
        out, now = [], []
        for i in order:
            if now and (len(now) + 1) * cost[i] > size:
                out.append(now)
                now = []
            now.append(i)
        out.append(now)
        rng.shuffle(out)
        return out


def train_pieces(texts, path):
    """A vocabulary like SentencePiece's: pieces of words with `▁` at their beginning, digits and marks alone."""
    if os.path.exists(path):
        return Tokenizer.from_file(path)
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Metaspace(), pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.Punctuation("isolated")])
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=PIECES, special_tokens=["<unk>"], show_progress=False))
    tokenizer.save(path)
    return tokenizer


def ctc_heads():
    """A linear layer for letters, which the encoder has learnt; for pieces, capitals and digits one that sees the neighbours.

    The first layer has no bias, so that the padding of a batch stays zero, as beyond the ends of one utterance."""
    letters = lambda vocabulary: nn.Sequential(nn.Conv1d(ENC_DIM, len(vocabulary) + 1, 1))
    return {"ctc": letters(VOCAB), "multilingual_ctc": letters(MULTILINGUAL), "e2e_ctc": nn.Sequential(
        nn.Conv1d(ENC_DIM, 160, 1, bias=False), nn.Conv1d(160, 192, 9, padding=4), nn.ReLU(), nn.Conv1d(192, PIECES + 1, 1))}


def padded(labels):
    u = torch.tensor([len(y) for y in labels])
    out = torch.zeros(len(labels), max(1, int(u.max())), dtype=torch.long)
    for i, y in enumerate(labels):
        out[i, :len(y)] = torch.tensor(y)
    return out, u


def schedule(optimizer, highest, share, step):
    rate = highest * min(1, (step + 1) / 100) * (.02 + .98 * .5 * (1 + math.cos(math.pi * min(1, share))))
    for group in optimizer.param_groups:
        group["lr"] = rate


def train_ctc(frames, heads, labels, minutes, rng):
    """heads and labels by name; one pass of the frames serves all."""
    optimizer = torch.optim.AdamW([p for h in heads.values() for p in h.parameters()], lr=1e-3, weight_decay=1e-4)
    start, step = time.process_time(), 0
    while (share := (time.process_time() - start) / (60 * minutes)) < 1:
        for indices in frames.batches(rng, 120_000):
            share = (time.process_time() - start) / (60 * minutes)
            schedule(optimizer, 4e-3, share, step)
            x, t = frames.batch(indices)
            x = F.dropout(x, .05)
            losses = {}
            for name, head in heads.items():
                y, u = padded([labels[name][i] for i in indices])
                scores = head(x.transpose(1, 2)).permute(2, 0, 1).log_softmax(2)
                losses[name] = F.ctc_loss(scores, y, t, u, blank=scores.shape[2] - 1, zero_infinity=True)
            optimizer.zero_grad(set_to_none=True)
            sum(losses.values()).backward()
            optimizer.step()
            step += 1
            if step % 100 == 0:
                print(f"ctc step {step} share {share:.2f}", {n: round(l.item(), 3) for n, l in losses.items()}, flush=True)
            if share >= 1:
                break


def start_from(module, path):
    """Takes over what has the same shape: a layer over other tokens begins at random."""
    found, own = warm.weights(path), module.state_dict()
    module.load_state_dict({k: found[k] if k in found and found[k].shape == own[k].shape else own[k] for k in own})


def aligned(scores, labels, blank):
    """The frame at which each label begins on the best path of CTC; `None` when there is no path. [T, V] log-probabilities"""
    states = np.full(2 * len(labels) + 1, blank)
    states[1::2] = labels
    count, frames = len(states), len(scores)
    # A label may follow another one directly, but not itself.
    skips = np.zeros(count, bool)
    skips[3::2] = states[3::2] != states[1:-2:2]
    best = np.full(count + 2, -np.inf)
    best[2:4] = scores[0, states[:2]]
    back = np.zeros((frames, count), np.int8)
    for t in range(1, frames):
        before = np.stack([best[2:], best[1:-1], np.where(skips, best[:-2], -np.inf)])
        back[t] = before.argmax(0)
        best[2:] = before.max(0) + scores[t, states]
    at = count - 1 if best[-1] >= best[-2] else count - 2
    if not np.isfinite(best[at + 2]):
        return None
    starts = np.zeros(len(labels), int)
    for t in range(frames - 1, -1, -1):
        if at % 2:
            starts[at // 2] = t
        at -= int(back[t, at])
    return starts


@torch.no_grad()
def alignments(frames, head, labels):
    found = []
    for i, y in enumerate(labels):
        x, _ = frames.batch([i])
        scores = head(x.transpose(1, 2))[0].t().log_softmax(1)
        found.append(aligned(scores.numpy(), y, scores.shape[1] - 1))
    return found


def path(starts, labels, count, blank):
    """Points of the lattice on the path, (frame, labels before), and what is emitted there: the labels and a blank a frame."""
    t = np.concatenate([np.arange(count), starts])
    emitted = np.concatenate([np.full(count, blank), labels]).astype(int)
    before = np.concatenate([np.searchsorted(starts, np.arange(count), side="right"), np.arange(len(labels))])
    return t, before, emitted


def path_loss(e, p, joint, indices, starts, labels):
    blank = joint.out.out_features - 1
    parts = [path(starts[i], labels[i], len_t, blank) for i, len_t in indices]
    row = np.concatenate([np.full(len(t), k) for k, (t, _, _) in enumerate(parts)])
    t, u, y = (torch.from_numpy(np.concatenate(z)) for z in zip(*parts))
    row = torch.from_numpy(row)
    z = joint.out(F.relu(e[row, t] + p[row, u]))
    return F.cross_entropy(z, y, reduction="sum") / max(1, sum(len(labels[i]) for i, _ in indices))


def train_transducer(frames, decoder, joint, labels, minutes, rng, starts=None):
    """With `starts`, the frames at which labels begin, one path is learnt, else all."""
    parameters = [*decoder.parameters(), *joint.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=1e-3, betas=(.9, .98), weight_decay=2e-3)
    average = [p.detach().clone() for p in parameters]
    start, step, blank, told = time.process_time(), 0, joint.out.out_features - 1, []
    while (time.process_time() - start) / (60 * minutes) < 1:
        for indices in frames.batches(rng, *((80_000,) if starts else (40_000, SHORT_FRAMES))):
            share = (time.process_time() - start) / (60 * minutes)
            schedule(optimizer, 2e-3 if starts else 6e-4, share, step)
            indices = [i for i in indices if not starts or starts[i] is not None]
            x, t = frames.batch(indices)
            y, u = padded([labels[i] for i in indices])
            inputs = torch.cat([torch.full((len(indices), 1), blank), y], 1)
            e = F.dropout(decoder.embed(inputs), .15) * (torch.rand(*inputs.shape, 1) > .05)
            g, _ = decoder.lstm(e.transpose(0, 1))
            p = joint.pred(F.dropout(g, .15).transpose(0, 1))
            with torch.autocast("cpu", dtype=torch.bfloat16):
                e = joint.enc(F.dropout(x, .05))
            if starts:
                loss = path_loss(e.float(), p, joint, list(zip(indices, t.tolist())), starts, labels)
            else:
                loss = RnntFromProjections.apply(e.float(), p, joint.out.weight, joint.out.bias, y, t, u)
                loss = (loss / u.clamp(min=1)).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 2)
            optimizer.step()
            step += 1
            keep = min(.995, step / (step + 20))
            with torch.no_grad():
                for kept, value in zip(average, parameters):
                    kept.lerp_(value, 1 - keep)
            told.append(loss.item())
            if step % 50 == 0:
                print(f"{'path' if starts else 'rnnt'} step {step} share {share:.2f} loss {np.mean(told[-50:]):.3f}", flush=True)
            if share >= 1:
                break
    with torch.no_grad():
        for kept, value in zip(average, parameters):
            value.copy_(kept)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("frames")
    parser.add_argument("model")
    parser.add_argument("out")
    parser.add_argument("--minutes", type=float, default=12, help="processor time for e2e_rnnt")
    parser.add_argument("--start", help="folder of heads trained beside a similar encoder, to go on with")
    parser.add_argument("--ctc-minutes", type=float, default=3, help="processor time for the CTC heads")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    os.makedirs(arguments.out, exist_ok=True)
    frames = Frames(arguments.frames)
    started = arguments.start and torch.load(os.path.join(arguments.start, "heads.pt"))
    if started:
        shutil.copy(os.path.join(arguments.start, "pieces.json"), arguments.out)
    pieces = train_pieces([row[2] for row in frames.rows], os.path.join(arguments.out, "pieces.json"))
    written = [pieces.encode(row[2]).ids for row in frames.rows]
    spell = lambda letters, text: [letters.index(c) for c in text if c in letters]
    labels = {"ctc": [spell(VOCAB, row[3].replace("ё", "е")) for row in frames.rows], "e2e_ctc": written,
              "multilingual_ctc": [spell(MULTILINGUAL, row[3]) for row in frames.rows]}
    modules = {**ctc_heads(), "decoder": Decoder(PIECES + 1), "joint": Joint(tokens=PIECES + 1)}
    for name in ("decoder", "joint"):
        start_from(modules[name], os.path.join(arguments.model, f"v3_rnnt_{name}.onnx"))
    with torch.no_grad():
        modules["decoder"].embed.weight[PIECES] = 0
    if started:
        for name, module in modules.items():
            module.load_state_dict(started[name])
    heads = {name: modules[name] for name in labels}
    train_ctc(frames, heads, labels, arguments.ctc_minutes, rng)
    save = lambda: torch.save({name: module.state_dict() for name, module in modules.items()},
                              os.path.join(arguments.out, "heads.tmp"))
    save()
    starts = alignments(frames, heads["e2e_ctc"], written)
    print(f"aligned {sum(s is not None for s in starts)} of {len(starts)}", flush=True)
    learn = lambda minutes, starts: train_transducer(
        frames, modules["decoder"], modules["joint"], written, minutes, rng, starts)
    learn(arguments.minutes * .6, starts)
    save()
    learn(arguments.minutes * .4, None)
    save()
    os.replace(os.path.join(arguments.out, "heads.tmp"), os.path.join(arguments.out, "heads.pt"))


if __name__ == "__main__":
    main()
