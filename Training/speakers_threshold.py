"""How many speakers average linkage and the eigengap find in the dialogues of speakers_dialogues.py, by the threshold.

    speakers_threshold.py MODEL FOLDER
"""
import glob, os, sys, wave
import numpy as np
import onnxruntime as ort
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from speakers_train import energies

THRESHOLDS = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]
options = ort.SessionOptions()
options.intra_op_num_threads = 1
session = ort.InferenceSession(sys.argv[1], options)


def vectors(path):
    with wave.open(path[:-5] + ".wav") as w:
        e = np.log(energies(np.frombuffer(w.readframes(w.getnframes()), np.int16)))
    out, labels = [], []
    for line in open(path):
        f = line.split()
        start, length = float(f[3]), float(f[4])
        if length < 0.7:
            continue
        size = min(length, 1.5)
        count = int(np.ceil((length - size) / 0.75)) + 1
        for i in range(count):
            at = start + (length - size) * (i / (count - 1) if count > 1 else 0)
            x = e[int(at * 100):int((at + size) * 100)]
            v = session.run(None, {session.get_inputs()[0].name: (x - x.mean(0))[None].astype(np.float32)})[0][0]
            out.append(v / np.linalg.norm(v)); labels.append(f[7])
    return np.stack(out), np.array(labels)


def eigengap(s, most=10):
    a = np.where(s >= np.quantile(s, 0.7, axis=1, keepdims=True), np.maximum(s, 0), 0)
    a = (a + a.T) / 2
    d = 1 / np.sqrt(a.sum(1) + 1e-6)
    values = np.sort(np.linalg.eigvalsh(a * d[:, None] * d))[::-1][:most + 1]
    return int(np.argmax(values[:-1] - values[1:])) + 1


right, files, gaps = {t: [] for t in THRESHOLDS}, [], []
for path in sorted(glob.glob(os.path.join(sys.argv[2], "*.rttm"))):
    v, labels = vectors(path)
    s = v @ v.T
    truth = len(set(labels))
    same = labels[:, None] == labels[None]
    upper = np.triu(np.ones(s.shape, bool), 1)
    tree = linkage(squareform(np.maximum(1 - s, 0) * (1 - np.eye(len(s))), checks=False), "average")
    counts = []
    for t in THRESHOLDS:
        c = fcluster(tree, 1 - t, "distance")
        counts.append(sum(n >= 3 for n in np.bincount(c)))
        right[t].append(counts[-1] == truth)
    gaps.append(eigengap(s))
    other = s[~same & upper].mean() if truth > 1 else float("nan")
    print(os.path.basename(path)[:-5], truth, "same %.2f other %.2f" % (s[same & upper].mean(), other), "counts", *counts,
          "gap", gaps[-1], flush=True)
    files.append(truth)
print("exact", {t: round(float(np.mean(r)), 2) for t, r in right.items()}, "gap", np.mean(np.array(gaps) == files))
