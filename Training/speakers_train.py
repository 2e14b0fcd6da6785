"""Trains the small speaker model in closed form and writes it as ONNX: seconds of processor time, no GPU, no gradient.

    speakers_train.py --set FOLDER --out wespeaker_resnet34.onnx      FOLDER: what speakers_data.py wrote

The graph, `feats` [B, T, 80] to `embs` [B, 128]: a linear map of each frame with its neighbours 40 ms before and after
(principal components), the components of a mixture of Gaussians that it belongs to, the mean difference of the window from
each of them (what Baum-Welch statistics are made of), and linear discriminant analysis over the training voices.
"""
import argparse, os, random
import numpy as np
import onnx
from onnx import TensorProto as T, helper as h, numpy_helper as nh

FRAMES, STEP = 148, 4
LOW = 20.0
RANGE = -2.5, 7        # what is quiet is noise of the room or of the microphone


def mel_banks(bands=80, fft=512, rate=16000):
    mel = lambda f: 1127.0 * np.log(1 + f / 700.0)
    edges = np.linspace(mel(LOW), mel(rate / 2), bands + 2)
    m = mel(np.arange(fft // 2) * rate / fft)[:, None]
    up, down = (m - edges[:-2]) / (edges[1:-1] - edges[:-2]), (edges[2:] - m) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(up, down)).astype(np.float32)


BANKS, WINDOW = mel_banks(), np.hamming(400).astype(np.float32)


def energies(x):
    """Kaldi's band energies of int16 samples: [frames, 80]."""
    f = np.lib.stride_tricks.sliding_window_view(x.astype(np.float32), 400)[::160]
    f = f - f.mean(1, keepdims=True)
    f = f - 0.97 * np.concatenate([f[:, :1], f[:, :-1]], 1)
    p = np.abs(np.fft.rfft(f * WINDOW, 512)[:, :256]) ** 2
    return np.maximum(p.astype(np.float32) @ BANKS, 1.1920929e-07)


def windows(base, per_utterance, rng):
    samples = np.memmap(base + ".i16", np.int16, "r")
    rows = [l.rstrip("\n").split("\t") for l in open(base + ".tsv")]
    names = sorted({r[2] for r in rows})
    index = {n: i for i, n in enumerate(names)}
    out, labels = [], []
    for off, n, name, _ in rows:
        e = energies(samples[int(off):int(off) + int(n)])
        if len(e) < FRAMES:
            continue
        for _ in range(per_utterance):
            at = rng.randrange(len(e) - FRAMES + 1)
            out.append(e[at:at + FRAMES])
            labels.append(index[name])
    return np.stack(out), np.array(labels)


def augmented(e, g):
    """Rooms, noise and narrow bands for four fifths; what a filter does, the mean of the features removes."""
    n = len(e)
    clean, e_clean = g.random(n) < 0.2, e
    mel = np.linspace(0, 1, 80, dtype=np.float32)
    u = lambda lo, hi, *shape: g.uniform(lo, hi, shape).astype(np.float32)
    decay, amount = np.exp(-6.9 / u(5, 50, n, 1)), u(0, 0.8, n, 1) * (u(0, 1, n, 1) < 0.4)
    e, tail = e.copy(), np.zeros((n, 80), np.float32)
    for t in range(FRAMES):
        tail = tail * decay + e[:, t] * (1 - decay)
        e[:, t] += amount * tail
    level = e.mean((1, 2), keepdims=True)
    noise = np.exp(u(-4, 3, n, 1, 1) * (mel - 0.5)) * g.standard_exponential((n, FRAMES, 80), np.float32)
    e += noise / noise.mean((1, 2), keepdims=True) * level * 10 ** (-u(12, 50, n, 1, 1) / 10)
    low = np.where(u(0, 1, n, 1) < 0.15, u(0.03, 0.14, n, 1), -1)
    high = np.where(u(0, 1, n, 1) < 0.4, u(0.66, 0.9, n, 1), 2)
    passes = 1 / (1 + np.exp(-(mel - low) * 80)) / (1 + np.exp(-(high - mel) * 80))
    floor = level * 10 ** -u(4, 8, n, 1, 1) * g.standard_exponential((n, FRAMES, 80), np.float32)
    e = (e * passes[:, None].astype(np.float32) ** 2 + floor + 1e-3).astype(np.float32)
    return np.where(clean[:, None, None], e_clean, e)


def features(e):
    f = np.log(e)
    return np.clip(f - f.mean(1, keepdims=True), *RANGE)


def stacked(f):
    """Each frame with its neighbours; zeros beyond the ends, as the padding of the convolution."""
    p = np.pad(f, ((0, 0), (STEP, STEP), (0, 0)))
    return np.concatenate([p[:, :-2 * STEP], f, p[:, 2 * STEP:]], 2)


class Mixture:
    def __init__(self, y, count, g, rounds=8):
        self.mean = y[g.choice(len(y), count, replace=False)]
        self.var = np.tile(y.var(0), (count, 1))
        self.log_weight = np.full(count, -np.log(count))
        for _ in range(rounds):
            r = self.posteriors(y)
            n = r.sum(0) + 1e-3
            self.mean = r.T @ y / n[:, None]
            self.var = np.maximum(r.T @ (y * y) / n[:, None] - self.mean ** 2, 0.05)
            self.log_weight = np.log(n / n.sum())

    def terms(self):
        linear, square = (self.mean / self.var).T, (-0.5 / self.var).T
        constant = self.log_weight - 0.5 * (np.log(self.var) + self.mean ** 2 / self.var).sum(1)
        return linear.astype(np.float32), square.astype(np.float32), constant.astype(np.float32)

    def posteriors(self, y):
        linear, square, constant = self.terms()
        s = y @ linear + (y * y) @ square + constant
        s = np.exp(s - s.max(-1, keepdims=True))
        return s / s.sum(-1, keepdims=True)

    def statistics(self, y, relevance):
        r = self.posteriors(y)
        n = r.sum(1)[..., None]
        f = np.einsum("btc,btd->bcd", r, y, optimize=True)
        return ((f - n * self.mean) / (n + relevance) / np.sqrt(self.var)).reshape(len(y), -1)


def discriminant(s, labels, size, shrink):
    centre = s.mean(0)
    s = s - centre
    means = np.stack([s[labels == c].mean(0) for c in range(labels.max() + 1)])
    within = s - means[labels]
    cov = within.T @ within / len(s)
    cov[np.diag_indices(len(cov))] += shrink * np.trace(cov) / len(cov)
    l = np.linalg.cholesky(cov)
    u, d, _ = np.linalg.svd(np.linalg.solve(l, means.T), full_matrices=False)
    between = d[:size] ** 2 / len(means)
    return np.linalg.solve(l.T, u[:, :size]) * np.sqrt(between / (1 + between)), centre


def graph(conv, bias, mixture, relevance, w, b, path):
    linear, square, constant = mixture.terms()
    c, d = mixture.mean.shape
    weights = {"low": np.array(RANGE[0]), "high": np.array(RANGE[1]), "conv": conv, "conv_bias": bias, "linear": linear, "square": square, "constant": constant,
               "mean": mixture.mean[None], "relevance": np.array([relevance]), "precision": 1 / np.sqrt(mixture.var)[None],
               "projection": w, "offset": b}
    inits = [nh.from_array(v.astype(np.float32), k) for k, v in weights.items()]
    inits += [nh.from_array(np.array([2], np.int64), "axis"), nh.from_array(np.array([-1, c * d], np.int64), "flat")]
    n = h.make_node
    nodes = [n("Clip", ["feats", "low", "high"], ["clipped"]), n("Transpose", ["clipped"], ["bands"], perm=[0, 2, 1]),
             n("Conv", ["bands", "conv", "conv_bias"], ["mapped"], dilations=[STEP], pads=[STEP, STEP], kernel_shape=[3]),
             n("Transpose", ["mapped"], ["y"], perm=[0, 2, 1]), n("Mul", ["y", "y"], ["yy"]),
             n("MatMul", ["y", "linear"], ["s1"]), n("MatMul", ["yy", "square"], ["s2"]), n("Add", ["s1", "s2"], ["s3"]),
             n("Add", ["s3", "constant"], ["s"]), n("Softmax", ["s"], ["r"], axis=-1),
             n("Transpose", ["r"], ["rt"], perm=[0, 2, 1]), n("MatMul", ["rt", "y"], ["f"]),
             n("ReduceSum", ["rt", "axis"], ["n"], keepdims=1), n("Mul", ["n", "mean"], ["nm"]), n("Sub", ["f", "nm"], ["fm"]),
             n("Add", ["n", "relevance"], ["nr"]), n("Div", ["fm", "nr"], ["fn"]), n("Mul", ["fn", "precision"], ["fp"]),
             n("Reshape", ["fp", "flat"], ["v"]), n("Gemm", ["v", "projection", "offset"], ["embs"])]
    model = h.make_model(h.make_graph(
        nodes, "speakers", [h.make_tensor_value_info("feats", T.FLOAT, ["B", "T", 80])],
        [h.make_tensor_value_info("embs", T.FLOAT, ["B", w.shape[1]])], inits),
        opset_imports=[h.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def scores(v, labels):
    v = v / np.linalg.norm(v, axis=1, keepdims=True)
    s = v @ v.T
    same, upper = labels[:, None] == labels[None], np.triu(np.ones(s.shape, bool), 1)
    good, bad = np.sort(s[same & upper]), np.sort(s[~same & upper])
    t = np.linspace(-1, 1, 401)
    miss, accept = np.searchsorted(good, t) / len(good), 1 - np.searchsorted(bad, t) / len(bad)
    i = np.abs(miss - accept).argmin()
    return f"EER {(miss[i] + accept[i]) / 2:.4f} at {t[i]:.2f}, same {good.mean():.2f}, other {bad.mean():.2f}"


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--set", required=True); ap.add_argument("--out", required=True)
    ap.add_argument("--components", type=int, default=40); ap.add_argument("--bands", type=int, default=36)
    ap.add_argument("--size", type=int, default=128); ap.add_argument("--windows", type=int, default=5)
    ap.add_argument("--relevance", type=float, default=4); ap.add_argument("--shrink", type=float, default=0.05)
    a = ap.parse_args()
    g, rng = np.random.default_rng(1), random.Random(1)
    e, labels = windows(os.path.join(a.set, "train"), a.windows, rng)
    held, held_labels = windows(os.path.join(a.set, "held"), 3, rng)
    print(len(e), "windows of", labels.max() + 1, "voices;", len(held), "of", held_labels.max() + 1, "held", flush=True)
    f = np.concatenate([features(augmented(part, g)) for part in np.array_split(e, max(1, len(e) // 500))])
    some = stacked(f[::4]).reshape(-1, 240)[::3]
    values, vectors = np.linalg.eigh(np.cov(some.T))
    basis = vectors[:, ::-1][:, :a.bands] / np.sqrt(values[::-1][:a.bands])
    centre = some.mean(0)
    mapped = lambda x: ((stacked(x) - centre) @ basis).astype(np.float32)
    mixture = Mixture(mapped(f[::8]).reshape(-1, a.bands)[::2], a.components, g)
    print("mixture", flush=True)
    statistics = lambda x: np.concatenate(
        [mixture.statistics(mapped(part), a.relevance) for part in np.array_split(x, max(1, len(x) // 500))])
    s = statistics(f)
    w, middle = discriminant(s, labels, a.size, a.shrink)
    print("train", scores(((s - middle) @ w)[::5], labels[::5]), flush=True)
    print("held", scores((statistics(features(held)) - middle) @ w, held_labels), flush=True)
    print("held, noisy", scores((statistics(features(augmented(held, g))) - middle) @ w, held_labels), flush=True)
    conv = basis.T.reshape(a.bands, 3, 80).transpose(0, 2, 1)
    graph(conv, -centre @ basis, mixture, a.relevance, w, -middle @ w, a.out)


if __name__ == "__main__":
    main()
