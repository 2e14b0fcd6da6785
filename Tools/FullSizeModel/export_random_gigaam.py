#!/usr/bin/env python3
"""Export a random-weight model with the exact GigaAM v3 architecture to ONNX.

Produces, in --out:
    v3_rnnt_{encoder,decoder,joint}.onnx        v3_vocab.txt           (34 classes)
    v3_e2e_rnnt_{encoder,decoder,joint}.onnx    v3_e2e_rnnt_vocab.txt  (1025 classes)
    config.json, random_model.json
The reference-style INT8 encoder is made from the fp32 one with
quantize_reference.py.

Needs nothing but torch, onnx, onnxruntime and numpy: the encoder is defined
below.  Parameter names are those of the published v3 checkpoints, so that a real
state dict loads with load_state_dict().

Weights are random but scaled so that activations stay in a realistic range; the
joint's blank bias is calibrated on real audio so that greedy decoding emits a
realistic token rate.  They are no use for recognition: only speed and the
numerical closeness of two graphs of the same weights can be measured with them.
"""
import argparse, json, math, pathlib
import numpy as np
import torch
from torch import nn
from frontend import log_mel, read_wav

MELS, DIM, HEADS, LAYERS, FF_MULT = 64, 768, 16, 16, 4
SUB_KERNEL, SUB_STAGES, DW_KERNEL, ROPE_BASE, MAX_FRAMES = 5, 2, 5, 5000, 5000
PRED = 320
JOINT = 320


# --- encoder -------------------------------------------------------------------
# audio_signal [B, 64, N] -> two strided convolutions (kernel 5, stride 2, padding 2,
# ReLU after each) -> [B, T, 768], T = ceil(ceil(N / 2) / 2) -> 16 Conformer layers.
# A layer, with pre-norm residual branches:
#     x += FF1(LN x) / 2;  x += Att(LN x);  x += Conv(LN x);  x += FF2(LN x) / 2;  x = LN x
def halved(n, stages):
    """Number of frames after `stages` stride-2 convolutions: ceil(n / 2) each time."""
    for _ in range(stages):
        n = torch.div(n + 1, 2, rounding_mode="floor")
    return n


def zero_tail(x, n):
    """x [B, C, T] with every frame at or beyond n[b] set to zero"""
    return x * (torch.arange(x.shape[2])[None, None] < n[:, None, None])


class Subsampling(nn.Module):
    """tail_mask re-zeroes padded frames before and after each convolution (newer exports do)."""

    def __init__(self, tail_mask=False):
        super().__init__()
        stages = []
        for i in range(SUB_STAGES):
            stages += [nn.Conv1d(DIM if i else MELS, DIM, SUB_KERNEL, 2, (SUB_KERNEL - 1) // 2), nn.ReLU()]
        self.conv = nn.Sequential(*stages)
        self.tail_mask = tail_mask

    def forward(self, x, n):
        if self.tail_mask:
            x = zero_tail(x, n)
        for i in range(SUB_STAGES):
            x = self.conv[2 * i](x)
            if self.tail_mask:
                x = zero_tail(x, halved(n, i + 1))
            x = self.conv[2 * i + 1](x)
        return x.transpose(1, 2), halved(n, SUB_STAGES)


class RotaryAttention(nn.Module):
    """Unusual point: the rotation acts on the layer input, split into heads, BEFORE the query and
    key projections.  Query and key therefore share one rotated input; value reads the plain one."""

    def __init__(self):
        super().__init__()
        self.linear_q = nn.Linear(DIM, DIM)
        self.linear_k = nn.Linear(DIM, DIM)
        self.linear_v = nn.Linear(DIM, DIM)
        self.linear_out = nn.Linear(DIM, DIM)

    def forward(self, x, cos, sin, blocked):
        b, t, _ = x.shape
        hd = DIM // HEADS
        lo, hi = x.reshape(b, t, HEADS, hd).chunk(2, dim=3)        # halves of each head, not interleaved
        r = torch.cat([lo * cos - hi * sin, hi * cos + lo * sin], dim=3).reshape(b, t, DIM)
        heads = lambda y: y.reshape(b, t, HEADS, hd).permute(0, 2, 1, 3)
        q, k, v = heads(self.linear_q(r)), heads(self.linear_k(r)), heads(self.linear_v(x))
        s = q @ (k.transpose(2, 3) * hd ** -0.5)                   # [B, heads, T, T]
        if blocked is not None:
            s = torch.where(blocked, torch.full_like(s, -1e4), s)
        p = s.softmax(dim=3)
        if blocked is not None:
            p = torch.where(blocked, torch.zeros_like(p), p)
        return self.linear_out((p @ v).permute(0, 2, 1, 3).reshape(b, t, DIM))


class ConvModule(nn.Module):
    """pointwise 768 -> 1536, GLU, depthwise kernel 5, layer norm (named batch_norm), SiLU, pointwise."""

    def __init__(self):
        super().__init__()
        self.pointwise_conv1 = nn.Conv1d(DIM, 2 * DIM, 1)
        self.depthwise_conv = nn.Conv1d(DIM, DIM, DW_KERNEL, padding=DW_KERNEL // 2, groups=DIM)
        self.batch_norm = nn.LayerNorm(DIM)
        self.activation = nn.SiLU()
        self.pointwise_conv2 = nn.Conv1d(DIM, DIM, 1)

    def forward(self, x, padded):
        a, gate = self.pointwise_conv1(x.transpose(1, 2)).chunk(2, dim=1)
        y = a * gate.sigmoid()
        y = torch.where(padded[:, None], torch.zeros_like(y), y)
        y = self.batch_norm(self.depthwise_conv(y).transpose(1, 2)).transpose(1, 2)
        return self.pointwise_conv2(self.activation(y)).transpose(1, 2)


class FeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear1 = nn.Linear(DIM, FF_MULT * DIM)
        self.activation = nn.SiLU()
        self.linear2 = nn.Linear(FF_MULT * DIM, DIM)

    def forward(self, x):
        return self.linear2(self.activation(self.linear1(x)))


class Block(nn.Module):
    def __init__(self):            # order of definition = order in which init() draws random numbers
        super().__init__()
        self.norm_feed_forward1, self.feed_forward1 = nn.LayerNorm(DIM), FeedForward()
        self.norm_conv, self.conv = nn.LayerNorm(DIM), ConvModule()
        self.norm_self_att, self.self_attn = nn.LayerNorm(DIM), RotaryAttention()
        self.norm_feed_forward2, self.feed_forward2 = nn.LayerNorm(DIM), FeedForward()
        self.norm_out = nn.LayerNorm(DIM)

    def forward(self, x, cos, sin, padded, blocked):
        x = x + 0.5 * self.feed_forward1(self.norm_feed_forward1(x))
        x = x + self.self_attn(self.norm_self_att(x), cos, sin, blocked)
        x = x + self.conv(self.norm_conv(x), padded)
        x = x + 0.5 * self.feed_forward2(self.norm_feed_forward2(x))
        return self.norm_out(x)


class Encoder(nn.Module):
    """(audio_signal [B, 64, N] fp32, length [B] int64) -> (encoded [B, 768, T], encoded_len [B] int32)"""

    def __init__(self, tail_mask=False):
        super().__init__()
        self.pre_encode = Subsampling(tail_mask)
        self.layers = nn.ModuleList(Block() for _ in range(LAYERS))
        hd = DIM // HEADS
        inv = ROPE_BASE ** (-torch.arange(0, hd, 2, dtype=torch.float32) / hd)
        angle = torch.arange(MAX_FRAMES, dtype=torch.float32)[:, None] * inv                 # [frames, 24]
        self.register_buffer("rope_cos", angle.cos()[None, :, None], persistent=False)
        self.register_buffer("rope_sin", angle.sin()[None, :, None], persistent=False)

    def forward(self, audio_signal, length):
        x, n = self.pre_encode(audio_signal, length)
        t = x.shape[1]
        cos, sin = self.rope_cos[:, :t], self.rope_sin[:, :t]
        padded = torch.arange(t)[None] >= n[:, None]                                         # [B, T]
        # a batch of one needs no attention mask; the published exports were traced that way
        blocked = (padded[:, None, :] | padded[:, :, None])[:, None] if x.shape[0] > 1 else None
        for layer in self.layers:
            x = layer(x, cos, sin, padded, blocked)
        return x.transpose(1, 2), n.to(torch.int32)


# --- heads ---------------------------------------------------------------------
class Decoder(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.embed = nn.Embedding(n, PRED, padding_idx=n - 1)
        self.lstm = nn.LSTM(PRED, PRED, 1)

    def forward(self, x, h, c):
        g, (h, c) = self.lstm(self.embed(x).transpose(0, 1), (h, c))
        return g.transpose(0, 1), h, c


class Joint(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.pred = nn.Linear(PRED, JOINT)
        self.enc = nn.Linear(DIM, JOINT)
        self.joint_net = nn.Sequential(nn.ReLU(), nn.Linear(JOINT, n))

    def forward(self, enc, dec):
        e = self.enc(enc.transpose(1, 2)).unsqueeze(2)
        p = self.pred(dec.transpose(1, 2)).unsqueeze(1)
        return self.joint_net(e + p).log_softmax(-1)


def sigmoid(v):
    return 1.0 / (1.0 + np.exp(-v))


def greedy(proj, dec, joint, blank, max_sym=10, cap=10 ** 9):
    """proj [T, JOINT] (encoder side of the joint, bias included) -> number of labels emitted."""
    n = lambda p: p.detach().numpy()
    gates = n(dec.embed.weight) @ n(dec.lstm.weight_ih_l0).T + n(dec.lstm.bias_ih_l0) + n(dec.lstm.bias_hh_l0)
    whh, wp, bp = n(dec.lstm.weight_hh_l0), n(joint.pred.weight), n(joint.pred.bias)
    w2, b2 = n(joint.joint_net[1].weight), n(joint.joint_net[1].bias)

    def step(tok, h, c):
        i, f, g, o = np.split(gates[tok] + whh @ h, 4)           # PyTorch order
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        return h, c, wp @ h + bp

    h = c = np.zeros(PRED, np.float32)
    h2, c2, p = step(blank, h, c)
    count = 0
    for t in range(len(proj)):
        for _ in range(max_sym):
            k = int((w2 @ np.maximum(proj[t] + p, 0) + b2).argmax())
            if k == blank:
                break
            count += 1
            if count > cap:
                return count
            h, c = h2, c2
            h2, c2, p = step(k, h, c)
    return count


def shape_head(dec, joint, clips, n_classes, seed, pcs=24):
    """Give the random head the dynamics of a trained transducer.

    A plain random head runs away (the same label for ever) or stays silent.
    Here logit_j = u_j . enc(t) - BIG [last label == j], blank = constant:
    u_j is the predictor's own output for label j, so the predictor projection
    is minus a multiple of the identity; enc() looks at the leading principal
    components of real encoder output, after the directions in which whole clips
    differ are projected out.  The arithmetic is exactly that of the real head.
    clips: list of [T, D] encoder outputs of clips of various lengths.
    """
    g = torch.Generator().manual_seed(seed)
    blank = n_classes - 1
    means = np.stack([c.mean(0) for c in clips])
    mu = means.mean(0)
    q, _ = np.linalg.qr((means - mu).T)                                       # between-clip directions
    x = np.concatenate([c - c.mean(0) for c in clips])
    x = x - (x @ q) @ q.T
    _, sv, vh = np.linalg.svd(x, full_matrices=False)
    white = torch.from_numpy(vh[:pcs] / (sv[:pcs, None] / math.sqrt(len(x))))  # unit variance
    with torch.no_grad():
        dec.lstm.weight_hh_l0.mul_(0.1)
        dec.embed.weight.mul_(1.5); dec.embed.weight[blank] = 0
        dec.lstm.weight_ih_l0.mul_(2.0)
        z = torch.zeros(1, n_classes, PRED)
        out = dec(torch.arange(n_classes)[:, None], z, z)[0][:, 0]            # [C, PRED]
        mean = out[:blank].mean(0)
        u = out[:blank] - mean
        norm = u.norm(dim=1, keepdim=True)
        mix = torch.randn(JOINT, pcs, generator=g) / math.sqrt(pcs)
        joint.enc.weight.copy_(mix @ white)
        b0 = 12.0                                                             # keeps ReLU in its linear part
        joint.enc.bias.copy_(b0 - joint.enc.weight @ torch.from_numpy(mu))
        big = 8.0 / norm.mean()
        joint.pred.weight.copy_(-big * torch.eye(PRED))
        joint.pred.bias.copy_(big * mean)
        w2, bias = joint.joint_net[1].weight, joint.joint_net[1].bias
        w2.zero_(); bias.zero_()
        w2[:blank] = u / norm
        bias[:blank] = -b0 * w2[:blank].sum(1)


def calibrate_blank(clips, dec, joint, blank, rate):
    """Bisect the blank bias until greedy emits about `rate` labels per second."""
    with torch.no_grad():
        proj = [joint.enc(torch.from_numpy(c)).numpy() for c in clips]
    secs = sum(len(p) for p in proj) * 0.04
    lo, hi = -5.0, 25.0
    for _ in range(12):
        mid = (lo + hi) / 2
        with torch.no_grad():
            joint.joint_net[1].bias[blank] = mid
        n = 0
        for p in proj:
            n += greedy(p, dec, joint, blank, cap=int(rate * secs) + 1)
            if n > rate * secs:
                break
        lo, hi = (mid, hi) if n > rate * secs else (lo, mid)
    with torch.no_grad():
        joint.joint_net[1].bias[blank] = hi
    return hi, [greedy(p, dec, joint, blank) / (len(p) * 0.04) for p in proj]


def silence_labels(joint, blank, bias=1e4):
    """Lifts the blank above every label."""
    with torch.no_grad():
        joint.joint_net[1].bias[blank] = bias
    return bias, []


def init(mod, seed):
    g = torch.Generator().manual_seed(seed)
    for name, p in mod.named_parameters():
        with torch.no_grad():
            if p.dim() >= 2:
                fan_in = p[0].numel()
                # heavy-ish tails, as trained networks have
                w = torch.randn(p.shape, generator=g)
                w = w * (1 + 0.3 * torch.randn(p.shape[0:1] + (1,) * (p.dim() - 1), generator=g)).abs()
                p.copy_(w / math.sqrt(fan_in))
            elif "norm" in name and name.endswith("weight"):
                p.copy_(1 + 0.2 * torch.randn(p.shape, generator=g))
            else:
                p.copy_(0.05 * torch.randn(p.shape, generator=g))


def export(mod, args, path, ins, outs, axes):
    import warnings
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(mod, args, str(path), input_names=ins, output_names=outs,
                          dynamic_axes=axes, opset_version=17, dynamo=False)


def char_vocab():
    toks = [" "] + [chr(c) for c in range(ord("а"), ord("я") + 1)]
    return ["▁"] + toks[1:]          # 33 symbols; blank makes 34


def bpe_vocab(n=1024):
    base = ["<unk>", "▁"] + [chr(c) for c in range(ord("а"), ord("я") + 1)] \
         + [chr(c) for c in range(ord("А"), ord("Я") + 1)] + list(",.?!-0123456789")
    syl = [a + b for a in "бвгдзклмнпрст" for b in "аеиоу"]
    i = 0
    while len(base) < n:
        s = syl[i % len(syl)] + (syl[(i // len(syl)) % len(syl)] if i >= len(syl) else "")
        tok = ("▁" if i % 2 else "") + s
        if tok not in base:
            base.append(tok)
        i += 1
    return base[:n]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", required=True)
    ap.add_argument("--wav", nargs="+", required=True, help="16 kHz speech, 20 s or more in all, used to calibrate the token rate")
    ap.add_argument("--heads-only", action="store_true", help="keep an existing encoder file of the same seed")
    ap.add_argument("--quiet", action="store_true", help="a head that never writes a label: all engines then do the same work, "
                    "whatever windows they cut recordings into")
    ap.add_argument("--seed", type=int, default=7)
    ap.add_argument("--batch-mask", action="store_true", help="trace with batch 2 (attention mask in the graph)")
    ap.add_argument("--tail-mask", action="store_true", help="add the newer masking of the subsampling tail")
    a = ap.parse_args()
    out = pathlib.Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(a.seed)
    enc_file = out / "v3_rnnt_encoder.onnx"
    if not a.heads_only:
        enc = Encoder(a.tail_mask).eval()
        init(enc, a.seed)
        print("encoder parameters: %.1f M" % (sum(p.numel() for p in enc.parameters()) / 1e6), flush=True)
        b = 2 if a.batch_mask else 1
        enc_file.unlink(missing_ok=True)
        export(enc, (torch.randn(b, MELS, 200), torch.full((b,), 200, dtype=torch.long)), enc_file,
               ["audio_signal", "length"], ["encoded", "encoded_len"],
               {"audio_signal": {0: "batch_size", 2: "seq_len"}, "length": {0: "batch_size"},
                "encoded": {0: "batch_size", 2: "enc_len"}, "encoded_len": {0: "batch_size"}})
        del enc
    link(enc_file, out / "v3_e2e_rnnt_encoder.onnx")
    import onnxruntime as ort
    so = ort.SessionOptions()
    so.log_severity_level = 3
    sess = ort.InferenceSession(str(enc_file), so, providers=["CPUExecutionProvider"])
    wav = np.concatenate([read_wav(w) for w in a.wav])
    clips, pos = [], 0
    for secs in (16, 2.5, 4, 8, 4, 2.5, 12, 2.5):
        n = int(secs * 16000)
        f = log_mel(wav[pos:pos + n])
        pos += n
        clips.append(np.ascontiguousarray(sess.run(None, {"audio_signal": f, "length": np.array([f.shape[2]], np.int64)})[0][0].T))
        if pos + 160000 > len(wav):
            pos = 0
    del sess
    info = {}
    for head, vocab, rate, vname in (("rnnt", char_vocab(), 12.0, "v3_vocab.txt"),
                                     ("e2e_rnnt", bpe_vocab(), 4.0, "v3_e2e_rnnt_vocab.txt")):
        nc = len(vocab) + 1
        dec, joint = Decoder(nc).eval(), Joint(nc).eval()
        init(dec, a.seed + 1); init(joint, a.seed + 2)
        shape_head(dec, joint, clips, nc, a.seed)
        bias, got = silence_labels(joint, nc - 1) if a.quiet else calibrate_blank(clips, dec, joint, nc - 1, rate)
        print(f"{head}: {nc} classes, blank bias {bias:.3f}, labels/s per clip", " ".join(f"{v:.1f}" for v in got), flush=True)
        export(dec, (torch.zeros(1, 1, dtype=torch.long), torch.zeros(1, 1, PRED), torch.zeros(1, 1, PRED)),
               out / f"v3_{head}_decoder.onnx", ["x", "h.1", "c.1"], ["dec", "h", "c"],
               {"x": {0: "b"}, "h.1": {1: "b"}, "c.1": {1: "b"}, "dec": {0: "b"}, "h": {1: "b"}, "c": {1: "b"}})
        export(joint, (torch.zeros(1, DIM, 1), torch.zeros(1, PRED, 1)),
               out / f"v3_{head}_joint.onnx", ["enc", "dec"], ["joint"],
               {"enc": {0: "b"}, "dec": {0: "b"}, "joint": {0: "b"}})
        (out / vname).write_text("".join(f"{t} {i}\n" for i, t in enumerate(vocab + ["<blk>"])), encoding="utf-8")
        info[head] = dict(classes=nc, blank=nc - 1, blank_bias=bias, labels_per_s=got)
    (out / "config.json").write_text(json.dumps({"model_type": "gigaam", "version": "v3"}))
    (out / "random_model.json").write_text(json.dumps(info, indent=1))


def link(src, dst):
    """hard link, or a copy where the file system has none"""
    import os, shutil
    dst.unlink(missing_ok=True)
    try:
        os.link(src, dst)
    except OSError:
        shutil.copyfile(src, dst)


if __name__ == "__main__":
    main()
