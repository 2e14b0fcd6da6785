"""Train the tiny RNN-T on synthetic shards: CTC warm start, then RNN-T + auxiliary CTC."""
import argparse, glob, math, os, time
import numpy as np
import torch
import torch.multiprocessing as mp
import torch.nn.functional as F
import noise, v3, warm
from model import BLANK, Encoder, Mel, Transducer, decode_ids, edit, encode_text, greedy, RnntFromProjections


class Corpus:
    def __init__(self, *roots):
        self.roots, self.items, self.known = roots, [], set()
        self.refresh()

    def refresh(self):
        for p in sorted(p for root in self.roots for p in glob.glob(os.path.join(root, "shard_*.tsv"))):
            if p in self.known:
                continue
            self.known.add(p)
            mm = np.memmap(p[:-4] + ".i16", dtype="<i2", mode="r")
            for line in open(p, encoding="utf-8"):
                off, n, voice, wpm, pitch, kind, label = line.rstrip("\n").split("\t")
                self.items.append((mm, int(off), int(n), voice, kind, label))

    def shares(self, parts):
        """how often each item is drawn, so that each kind of `parts` makes up its share of the audio"""
        kinds = np.array([it[4] if it[4] in parts else "" for it in self.items])
        length = np.array([it[2] for it in self.items], float)
        p = np.zeros(len(kinds))
        for kind, share in {**parts, "": 1 - sum(parts.values())}.items():
            if (kinds == kind).any():
                p[kinds == kind] = share / length[kinds == kind].sum()
        return p / p.sum()

    def wave(self, it):
        return it[0][it[1]:it[1] + it[2]].astype(np.float32) / 32768.0


def companded(x, rng):
    """G.711, either law, at 8 bits: what a telephone exchange leaves of the amplitudes"""
    k = 255.0 if rng.random() < .5 else 87.6
    y = np.sign(x) * np.log1p(k * np.abs(x)) / np.log1p(k)
    y = np.round(y * 127) / 127
    return (np.sign(y) * np.expm1(np.abs(y) * np.log1p(k)) / k).astype(np.float32)


def augment(x, rng, strength, corpus=None, human=False):
    """speed, reverberation, band limit, silence, noise, gain; with a corpus to take voices from, also telephone
    companding and backgrounds of many kinds. One human voice has to stand for many, so it varies more."""
    if rng.random() < (.8 if human else .35) * strength:
        r = rng.uniform(.84, 1.2) if human else rng.uniform(.93, 1.07)
        x = np.interp(np.arange(0, len(x) - 1, r), np.arange(len(x)), x).astype(np.float32)
    if rng.random() < .25 * strength:
        L = int(16000 * rng.uniform(.05, .25))
        h = rng.standard_normal(L, dtype=np.float32) * np.exp(-6.9 * np.arange(L) / L) * rng.uniform(.05, .25)
        h[0] = 1
        m = 1 << (len(x) + L - 1).bit_length()
        x = np.fft.irfft(np.fft.rfft(x, m) * np.fft.rfft(h, m), m)[:len(x) + L // 2].astype(np.float32)
    if rng.random() < .15 * strength:
        m = 1 << (len(x) - 1).bit_length()
        f = np.fft.rfft(x, m)
        hz = np.linspace(0, 8000, len(f))
        lo, hi = rng.uniform(50, 250), rng.uniform(3300, 4200)
        g = 1 / (1 + np.exp(np.clip((hz - hi) / 80, -30, 30))) * 1 / (1 + np.exp(np.clip((lo - hz) / 25, -30, 30)))
        x = np.fft.irfft(f * g, m)[:len(x)].astype(np.float32)
        if corpus and rng.random() < .5:
            x = companded(x / (np.abs(x).max() + 1e-6) * rng.uniform(.2, 1), rng)
    a, b = (int(16000 * rng.exponential(.18)) for _ in range(2))
    x = np.concatenate([np.zeros(min(a, 16000), np.float32), x, np.zeros(min(b, 24000), np.float32)])
    x = x / (np.abs(x).max() + 1e-6) * 10 ** rng.uniform(-1.3, -.02)
    if rng.random() < .55 * strength:
        s = np.sqrt(np.mean(x * x)) * 10 ** (-rng.uniform(2 if corpus else 8, 40) / 20)
        nz = noise.background(len(x), rng, corpus) if corpus else noise.coloured(len(x), rng)
        x = x + nz * (s / (nz.std() + 1e-9))
    elif rng.random() < .4:
        x = x + rng.standard_normal(len(x), dtype=np.float32) * 10 ** rng.uniform(-5, -3.3)
    return np.clip(x, -1, 1)


def spec_mask(f, rng):
    for _ in range(rng.integers(0, 3)):
        w = rng.integers(1, 9); s = rng.integers(0, 64 - w); f[:, s:s + w] = f.mean()
    for _ in range(rng.integers(0, 3)):
        w = rng.integers(1, 9); s = rng.integers(0, max(1, len(f) - w)); f[s:s + w] = f.mean()
    return f


ENCODERS = {"limited": Encoder, "v3": v3.V3Encoder}


def make_batches(corpus, rng, seconds, maxlen, pool=1500, concat=.12, longest=12, parts={}):
    items = corpus.items
    pick = rng.choice(len(items), pool, p=corpus.shares(parts) if parts else None)
    us = []
    for i in pick:
        it = items[i]
        if it[2] > maxlen * 16000:
            continue
        group = [it]
        if rng.random() < concat:
            # Pauses come on top. Long ones reach any length: whole-window attention has to see all lengths.
            most, goal = (12, rng.uniform(6, longest - 3)) if longest > 12 else (4, min(maxlen, 9))
            while len(group) < most and sum(g[2] for g in group) < goal * 16000:
                g = items[rng.integers(len(items))]
                if g[2] < 4.5 * 16000:
                    group.append(g)
                if longest <= 12 and rng.random() < .45:
                    break
        us.append((sum(g[2] for g in group), group))
    us.sort(key=lambda z: z[0])
    out, cur = [], []
    for u in us:
        if cur and (len(cur) + 1) * (u[0] + 4800) > seconds * 16000:
            out.append(cur); cur = []
        cur.append(u[1])
    rng.shuffle(out)
    return out


def collate(corpus, groups, rng, mel, strength, varied=False):
    fs, ys = [], []
    for g in groups:
        if rng.random() < .02:                   # nobody speaks: silence or noise alone, empty transcript
            L = int(rng.uniform(.8, 1.2) * g[0][2])
            x = noise.coloured(L, rng) if rng.random() < .7 else rng.standard_normal(L, dtype=np.float32)
            x = x / x.std() * 10 ** rng.uniform(-5, -1.2) * (rng.random() > .2)
            fs.append(mel(torch.from_numpy(np.clip(x, -1, 1).astype(np.float32)), float(rng.choice([1e-9, 1e-10]))))
            ys.append(torch.zeros(0, dtype=torch.long))
            continue
        parts = [corpus.wave(g[0])]
        for it in g[1:]:
            parts += [np.zeros(int(16000 * min(2.5, rng.exponential(.5))), np.float32), corpus.wave(it) * rng.uniform(.5, 1.5)]
        human = any(it[4] in ("human", "festival") for it in g)
        x = augment(np.concatenate(parts), rng, strength, corpus if varied else None, human)
        warp = rng.uniform(.86, 1.18) if varied and rng.random() < (.7 if human else .4) * strength else 1
        f = mel(torch.from_numpy(np.ascontiguousarray(x, dtype=np.float32)), float(rng.choice([1e-9, 1e-10])), warp)
        fs.append(spec_mask(f, rng) if rng.random() < .6 * strength else f)
        ys.append(torch.tensor(encode_text(" ".join(it[5] for it in g))))
    n = torch.tensor([len(f) for f in fs])
    X = torch.full((len(fs), 64, int(n.max())), -11.0)
    for i, f in enumerate(fs):
        X[i, :, :len(f)] = f.t()
    u = torch.tensor([len(y) for y in ys])
    Y = torch.zeros(len(ys), max(1, int(u.max())), dtype=torch.long)
    for i, y in enumerate(ys):
        Y[i, :len(y)] = y
    return X, n, Y, u


@torch.no_grad()
def lesson(teacher, X, n):
    """What the teacher's encoder gives to its joint network: [B, T', joint]"""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return teacher.joint.enc(teacher.encoder.proj(teacher.encoder.hidden(X, n)[0])).float()


def producer(queue, start_step, a):
    """batch preparation in its own process; the bounded queue paces it"""
    torch.set_num_threads(1)
    rng, mel, corpus, k = np.random.default_rng(a.seed + start_step), Mel(), Corpus(*a.data), start_step
    parts = {kind: share for kind, share in (("human", a.human), ("festival", a.festival)) if share}
    teacher = warm.load(a.teacher) if a.teacher else None
    if teacher:
        k += a.ctc_only                          # what starts from a teacher needs no short and clean utterances
    elif a.start:
        k += 600
    while True:
        corpus.refresh()
        for b in make_batches(corpus, rng, a.seconds, 2.6 if k < 200 else 4.5 if k < 600 else 18 if a.human else 12, concat=0 if k < 600 else .12, longest=a.longest, parts=parts):
            X, n, Y, u = collate(corpus, b, rng, mel, min(1, max(0, (k - 150) / 600)), a.human > 0)
            E = lesson(teacher, X, n) if teacher else torch.zeros(0)
            queue.put(tuple(z.numpy() for z in (X, n, Y, u, E)))
            k += 1


def losses(m, X, n, Y, u, E, use_rnnt):
    """CTC, RNN-T or None, and how far the encoder is from its teacher: 0 for equal, 1 for the mean of all frames"""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        h, t = m.encoder.hidden(X, n)
        lc = m.ctc(h)
    ctc = F.ctc_loss(lc.float().log_softmax(-1).transpose(0, 1), Y, t, u, blank=BLANK, reduction="none", zero_infinity=True)
    den = torch.where(u > 0, u, torch.full_like(u, 40))
    ctc = (ctc / den).mean()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        ep = m.joint.enc(m.encoder.proj(h))
    far = ctc.new_zeros(())
    if E.numel():
        valid = v3.keep(E.shape[1], t)
        mine, its = ep.float()[valid], E[valid]
        far = (mine - its).square().sum() / (its - its.mean(0)).square().sum().clamp(min=1)
    if not use_rnnt:
        return ctc, None, far
    B, U = Y.shape
    inp = torch.cat([torch.full((B, 1), BLANK), Y], 1)
    e = m.decoder.embed(inp)
    if m.training:
        e = F.dropout(e, .15) * (torch.rand(B, U + 1, 1) > .04)
    g, _ = m.decoder.lstm(e.transpose(0, 1))
    if m.training:
        g = F.dropout(g, .1)
    pp = m.joint.pred(g.transpose(0, 1))
    r = RnntFromProjections.apply(ep.float(), pp, m.joint.out.weight, m.joint.out.bias, Y, t, u)
    return ctc, (r / den).mean(), far


@torch.no_grad()
def evaluate(m, corpora, mel, n_ctc=64, n_rnnt=24, rnnt=True):
    m.eval()
    res = {}
    for name, c in corpora.items():
        we = wn = ce = cn = 0
        rw = rn = 0
        ex = None
        for j, it in enumerate(c.items[:n_ctc]):
            x = np.concatenate([np.zeros(3200, np.float32), c.wave(it), np.zeros(4800, np.float32)])
            f = mel(torch.from_numpy(x)).t()[None]
            L = torch.tensor([f.shape[2]])
            h, _ = m.encoder.hidden(f, L)
            k = torch.unique_consecutive(m.ctc(h)[0].argmax(-1))
            hyp = decode_ids([int(i) for i in k if i != BLANK]).strip()
            we += edit(it[5].split(), hyp.split()); wn += len(it[5].split())
            ce += edit(it[5], hyp); cn += len(it[5])
            if rnnt and j < n_rnnt:
                hyp = greedy(m, f, L).strip()
                rw += edit(it[5].split(), hyp.split()); rn += len(it[5].split())
                ex = (it[5], hyp)
        res[name] = f"ctc WER {100 * we / max(1, wn):.1f} CER {100 * ce / max(1, cn):.1f}" + (f" rnnt WER {100 * rw / rn:.1f} | {ex[0]} -> {ex[1]}" if rn else "")
    m.train()
    return res


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", nargs="+", required=True); ap.add_argument("--dev", nargs="*", default=[])
    ap.add_argument("--out", default="run")
    ap.add_argument("--minutes", type=float, default=50); ap.add_argument("--lr", type=float, default=2e-3)
    ap.add_argument("--warmup", type=int, default=250); ap.add_argument("--ctc-only", type=int, default=600)
    ap.add_argument("--seconds", type=float, default=24); ap.add_argument("--init"); ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--eval-every", type=float, default=4); ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--encoder", default="limited", choices=ENCODERS)
    ap.add_argument("--teacher", help="folder of a trained model: the encoder starts from its weights and learns from its results, "
                    "and its prediction and joint networks are kept as they are")
    ap.add_argument("--longest", type=float, default=12, help="seconds up to which utterances are joined")
    ap.add_argument("--start", help="folder of a trained model of this structure to start from")
    ap.add_argument("--layers", type=int, default=6, help="layers of the v3 encoder; those that --start lacks begin as the identity")
    ap.add_argument("--human", type=float, default=0, help="share of human speech in the audio")
    ap.add_argument("--festival", type=float, default=0, help="share of speech of `festival.py` in the audio")
    ap.add_argument("--from-minute", type=float, default=0, help="go on with --init at this minute of the schedule")
    a = ap.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    os.makedirs(a.out, exist_ok=True)
    mel = Mel()
    dev = {os.path.basename(d): Corpus(d) for d in a.dev}
    m = Transducer({"layers": a.layers} if a.encoder == "v3" else None, ENCODERS[a.encoder])
    if a.start and not a.init:
        warm.restore(m, a.start)
    step = 0
    if a.teacher:
        teacher = warm.load(a.teacher)
        warm.start(m.encoder, teacher.encoder)
        for mine, its in ((m.decoder, teacher.decoder), (m.joint, teacher.joint)):
            mine.load_state_dict(its.state_dict())
            mine.requires_grad_(False)
        del teacher
    if a.init:
        ck = torch.load(a.init)
        m.load_state_dict(ck["raw"])
        step = ck["step"]
    decay = [p for n, p in m.named_parameters() if p.dim() > 1 and p.requires_grad]
    plain = [p for n, p in m.named_parameters() if p.dim() <= 1 and p.requires_grad]
    opt = torch.optim.AdamW([{"params": decay, "weight_decay": 2e-3}, {"params": plain, "weight_decay": 0}], lr=a.lr, betas=(.9, .98))
    if a.init and "opt" in ck:
        opt.load_state_dict(ck["opt"])
    ema = {k: v.clone() for k, v in m.state_dict().items()}
    if a.init:
        ema = {k: v.clone() for k, v in ck["ema"].items()}
    start, busy, heard, last_eval, start_step = time.time() - 60 * a.from_minute, 0.0, 0.0, time.time(), step
    hist = []
    queue = mp.Queue(12)
    mp.Process(target=producer, args=(queue, step, a), daemon=True).start()
    while True:
        frac = (time.time() - start) / (a.minutes * 60)
        if frac >= 1:
            break
        t0 = time.time()
        lr = a.lr * min(1, (step - start_step + 1) / a.warmup) * (0.02 + 0.98 * .5 * (1 + math.cos(math.pi * frac)))
        for gq in opt.param_groups:
            gq["lr"] = lr
        X, n, Y, u, E = map(torch.from_numpy, queue.get())
        use = step >= a.ctc_only
        if a.start:                              # exported files have no CTC head: at first it alone learns
            m.encoder.requires_grad_(use)
        ctc, rn, far = losses(m, X, n, Y, u, E, use)
        loss = ctc + far if rn is None else rn + .3 * ctc + .3 * (1 - frac) * far
        opt.zero_grad(set_to_none=True)
        loss.backward()
        gn = torch.nn.utils.clip_grad_norm_(m.parameters(), 2.0)
        if torch.isfinite(gn):
            opt.step()
        step += 1
        d = min(.997, step / (step + 20))
        with torch.no_grad():
            for k, v in m.state_dict().items():
                ema[k].lerp_(v, 1 - d) if v.is_floating_point() else ema[k].copy_(v)
        busy += time.time() - t0
        heard += float(n.sum()) / 100
        hist.append((ctc.item(), rn.item() if rn is not None else float("nan"), far.item()))
        if step % 25 == 0:
            h = np.array(hist[-25:])
            print(f"step {step} min {(time.time() - start) / 60:.1f} lr {lr:.2e} ctc {h[:, 0].mean():.3f} rnnt {np.nanmean(h[:, 1]) if use else 0:.3f} far {h[:, 2].mean():.3f} "
                  f"gn {float(gn):.2f} heard {heard / 3600:.2f}h {1000 * busy / 25:.0f} ms/step", flush=True)
            busy = 0
        if time.time() - last_eval > a.eval_every * 60:
            raw = {k: v.clone() for k, v in m.state_dict().items()}
            m.load_state_dict(ema)
            for k, v in evaluate(m, dev, mel, 16, 8, use).items():
                print(f"  eval@{step} {k}: {v}", flush=True)
            m.load_state_dict(raw)
            torch.save({"raw": raw, "ema": ema, "opt": opt.state_dict(), "step": step, "cfg": m.encoder.cfg, "encoder": a.encoder}, os.path.join(a.out, "last.tmp"))
            os.replace(os.path.join(a.out, "last.tmp"), os.path.join(a.out, "last.pt"))
            last_eval = time.time()
    torch.save({"raw": m.state_dict(), "ema": ema, "opt": opt.state_dict(), "step": step, "cfg": m.encoder.cfg, "encoder": a.encoder}, os.path.join(a.out, "final.pt"))
    m.load_state_dict(ema)
    for k, v in evaluate(m, dev, mel, 40, 40).items():
        print(f"  final@{step} {k}: {v}", flush=True)


if __name__ == "__main__":
    main()
