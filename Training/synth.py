"""Synthesise a text list with espeak-ng (in process, through libespeak-ng) into shards (`shard.py`)."""
import argparse, ctypes, ctypes.util, os, random, time
from concurrent.futures import ProcessPoolExecutor
import numpy as np
from scipy.signal import resample_poly, firwin
from shard import ShardWriter

MAIN = ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "f5", ""]
KLATT = ["klatt", "klatt2", "klatt3", "klatt4", "klatt5", "klatt6"]
MORE = ["adam", "Alex", "Alicia", "Andrea", "Andy", "Annie", "antonio", "aunty", "belinda", "benjamin", "caleb", "david",
        "ed", "edward", "Gene", "gustave", "Henrique", "Hugo", "Jacky", "john", "Lee", "linda", "Marco", "Mario", "max",
        "Michael", "michel", "miguel", "Mike", "norbert", "pablo", "paul", "pedro", "quincy", "rob", "robert", "sandro",
        "shelby", "steph", "travis", "victor", "zac", "grandma", "grandpa", "Diogo", "Nguyen"]
UNSEEN = ["boris", "anika", "Denis", "marcelo"]          # never used for training


class Espeak:
    CB = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)

    def __init__(self):
        self.lib = ctypes.CDLL(ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1")
        self.rate = self.lib.espeak_Initialize(2, 0, None, 0)       # 2 = AUDIO_OUTPUT_SYNCHRONOUS
        self.buf = []
        self._cb = self.CB(self._on)
        self.lib.espeak_SetSynthCallback(self._cb)
        self.taps = (firwin(441 * 16 + 1, 0.96 / 441, window=("kaiser", 8.0)) * 320).astype(np.float32)

    def _on(self, wav, n, ev):
        if n > 0 and wav:
            self.buf.append(np.ctypeslib.as_array(wav, shape=(n,)).copy())
        return 0

    def say(self, text, variant="", wpm=170, pitch=50, prange=50, gap=0, volume=100):
        """-> float32 mono at 16 kHz"""
        self.lib.espeak_SetVoiceByName(("ru+" + variant if variant else "ru").encode())
        for k, v in ((1, wpm), (2, volume), (3, pitch), (4, prange), (7, gap)):
            self.lib.espeak_SetParameter(k, int(v), 0)
        self.buf = []
        data = text.encode() + b"\0"
        self.lib.espeak_Synth(data, len(data), 0, 0, 0, 1, None, None)   # flags 1 = UTF-8
        if not self.buf:
            return np.zeros(0, np.float32)
        x = np.concatenate(self.buf).astype(np.float32) / 32768.0
        nz = np.nonzero(np.abs(x) > 1e-3)[0]
        if len(nz):
            x = x[max(0, nz[0] - 400): nz[-1] + 1200]
        return resample_poly(x, 320, 441, window=self.taps) if self.rate == 22050 else x


_es = None


def random_voice(rng):
    k = rng.random()
    v = rng.choice(MAIN) if k < .62 else rng.choice(KLATT) if k < .74 else rng.choice(MORE)
    return v, int(rng.triangular(115, 225, 165)), rng.randint(20, 80), rng.randint(20, 80), (rng.randint(0, 4) if rng.random() < .2 else 0)


def job(a):
    global _es
    if _es is None:
        _es = Espeak()
    i, kind, spoken, label, seed = a
    rng = random.Random(seed * 1000003 + i)
    v, wpm, pitch, prange, gap = random_voice(rng)
    if rng.random() < .3 and kind != "marked":
        spoken = label                    # no punctuation: flat prosody
    x = _es.say(spoken, v, wpm, pitch, prange, gap)
    m = np.abs(x).max() if len(x) else 0
    if m < 1e-3:
        return None
    return (np.clip(x * (0.5 / m), -1, 1) * 32767).astype(np.int16), v or "default", wpm, pitch, kind, label


def job_list(rows):
    return [job(r) for r in rows]


class Workers:
    """process pool that survives a crash inside libespeak-ng: the offending rows are dropped"""

    def __init__(self, n):
        self.n, self.ex = n, ProcessPoolExecutor(n)

    def run(self, rows, size=25):
        parts = [rows[i:i + size] for i in range(0, len(rows), size)]
        out = []
        todo = [(c, self.ex.submit(job_list, c)) for c in parts]
        broken = []
        for c, f in todo:
            try:
                out += f.result(timeout=120)
            except Exception:
                broken.append(c)
        for c in broken:
            self.ex.shutdown(wait=False, cancel_futures=True)
            self.ex = ProcessPoolExecutor(self.n)
            try:
                out += self.ex.submit(job_list, c).result(timeout=60)
            except Exception as e:
                print("dropped rows:", type(e).__name__, c[0][3][:40], flush=True)
                self.ex = ProcessPoolExecutor(self.n)
        return out


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--texts", required=True); ap.add_argument("--out", required=True)
    ap.add_argument("--seed", type=int, default=1); ap.add_argument("--shard", type=int, default=1500)
    ap.add_argument("--workers", type=int, default=2)
    ap.add_argument("--block", type=int, default=750); ap.add_argument("--limit", type=int, default=10**9)
    a = ap.parse_args()
    rows = [l.rstrip("\n").split("\t") for l in open(a.texts, encoding="utf-8")][:a.limit]
    pool = Workers(a.workers)
    t0, hours, n = time.time(), 0, 0
    for s in range(0, len(rows), a.shard):
        number = f"{s // a.shard:03d}"
        if os.path.exists(os.path.join(a.out, f"shard_{number}.tsv")):
            continue
        with ShardWriter(a.out, number) as shard:
            part = [(s + j, *r, a.seed) for j, r in enumerate(rows[s:s + a.shard])]
            for b in range(0, len(part), a.block):
                for r in pool.run(part[b:b + a.block]):
                    if r is None:
                        continue
                    x, v, wpm, pitch, kind, label = r
                    shard.add(x, v, kind, label, wpm, pitch)
                    n += 1
        hours += shard.hours
        print(f"{shard.path} utts {n} hours {hours:.2f} wall {time.time() - t0:.0f}s", flush=True)


if __name__ == "__main__":
    main()
