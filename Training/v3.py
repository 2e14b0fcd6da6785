"""The encoder of GigaAM v3 in small: the same operators in the same order, with fewer and narrower layers.

What differs from `model.Encoder`: attention over the whole window; positions rotated *before* the query and key
projections; pointwise convolutions; the mel features enter as they are. A last linear layer brings the narrow
encoder to the contract's width."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from model import ENC_DIM, N_MELS

TAPS, MOST_FRAMES = 5, 5000
MEAN, SCALE = -3.0, 0.25                          # of log-mel: what the first convolution is trained on


def keep(t, n):
    """1 for the frames of each utterance, 0 for its padding: [B, t]"""
    return torch.arange(t, device=n.device)[None] < n[:, None]


class Subsampling(nn.Module):
    """Two convolutions of stride 2. Padding is set to zero again before each, so that an utterance in a batch
    comes out as it does alone; `fold` makes plain convolutions of them for one utterance."""

    def __init__(self, d):
        super().__init__()
        self.first, self.second = nn.Conv1d(N_MELS, d, TAPS, 2), nn.Conv1d(d, d, TAPS, 2, 2)

    def forward(self, x, n):
        rest = -MEAN * SCALE                      # a feature of 0, which is what the convolution is padded with
        x = (x - MEAN) * SCALE
        x = torch.where(keep(x.shape[2], n)[:, None], x, torch.full_like(x, rest))
        x, n = F.relu(self.first(F.pad(x, (2, 2), value=rest))), (n + 1) // 2
        x = x * keep(x.shape[2], n)[:, None]
        x, n = F.relu(self.second(x)), (n + 1) // 2
        return x.transpose(1, 2), n

    def fold(self):
        first = nn.Conv1d(N_MELS, self.first.out_channels, TAPS, 2, 2)
        first.weight.data = self.first.weight.data * SCALE
        first.bias.data = self.first.bias.data - MEAN * SCALE * self.first.weight.data.sum((1, 2))
        return nn.Sequential(first, nn.ReLU(), self.second, nn.ReLU())


class Attention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.out = (nn.Linear(d, d) for _ in range(4))

    def forward(self, x, cos, sin, hidden):
        b, t, _ = x.shape
        d = self.out.in_features                  # numbers, so that they are constants of the exported graph
        size = d // self.heads
        low, high = x.reshape(b, t, self.heads, size).chunk(2, 3)
        turned = torch.cat([low * cos - high * sin, high * cos + low * sin], 3).reshape(b, t, d)
        q, k, v = (f(y).reshape(b, t, self.heads, size).transpose(1, 2)
                   for f, y in ((self.q, turned), (self.k, turned), (self.v, x)))
        s = q @ (k.transpose(2, 3) * size ** -0.5)
        if hidden is not None:
            s = s.masked_fill(hidden, -1e4)
        return self.out((s.softmax(3) @ v).transpose(1, 2).reshape(b, t, d))


class Convolution(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.gated, self.norm, self.out = nn.Conv1d(d, 2 * d, 1), nn.LayerNorm(d), nn.Conv1d(d, d, 1)
        self.depthwise = nn.Conv1d(d, d, TAPS, padding=TAPS // 2, groups=d)

    def forward(self, x, padded):
        a, gate = self.gated(x.transpose(1, 2)).chunk(2, 1)
        y = a * gate.sigmoid()
        y = torch.where(padded[:, None], torch.zeros_like(y), y)
        y = self.norm(self.depthwise(y).transpose(1, 2))
        return self.out((y * y.sigmoid()).transpose(1, 2)).transpose(1, 2)


class FeedForward(nn.Module):
    def __init__(self, d, mult):
        super().__init__()
        self.up, self.down = nn.Linear(d, mult * d), nn.Linear(mult * d, d)

    def forward(self, x):
        y = self.up(x)
        return self.down(y * y.sigmoid())


class Layer(nn.Module):
    def __init__(self, d, heads, mult):
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(d) for _ in range(5))
        self.ff1, self.ff2 = FeedForward(d, mult), FeedForward(d, mult)
        self.attention, self.convolution = Attention(d, heads), Convolution(d)

    def forward(self, x, cos, sin, padded, hidden):
        x = x + 0.5 * self.ff1(self.norms[0](x))
        x = x + self.attention(self.norms[1](x), cos, sin, hidden)
        x = x + self.convolution(self.norms[2](x), padded)
        x = x + 0.5 * self.ff2(self.norms[3](x))
        return self.norms[4](x)


class V3Encoder(nn.Module):
    def __init__(self, d=144, layers=6, heads=4, mult=2):
        super().__init__()
        self.cfg = dict(d=d, layers=layers, heads=heads, mult=mult)
        self.subsampling = Subsampling(d)
        self.layers = nn.ModuleList(Layer(d, heads, mult) for _ in range(layers))
        self.proj = nn.Linear(d, ENC_DIM)
        size = d // heads
        angle = torch.arange(MOST_FRAMES)[:, None] * 5000.0 ** (-torch.arange(0, size, 2) / size)
        self.register_buffer("cos", angle.cos()[None, :, None], persistent=False)
        self.register_buffer("sin", angle.sin()[None, :, None], persistent=False)

    def run(self, x, n, hidden):
        padded = ~keep(x.shape[1], n)
        cos, sin = self.cos[:, :x.shape[1]], self.sin[:, :x.shape[1]]
        for layer in self.layers:
            x = layer(x, cos, sin, padded, hidden(padded))
        return x

    def hidden(self, feats, length):
        """feats [B, 64, T] log-mel, length [B] -> [B, T', d], [B]"""
        x, n = self.subsampling(feats, length)
        return self.run(x, n, lambda padded: padded[:, None, None]), n

    def forward(self, audio_signal, length):
        x, n = self.hidden(audio_signal, length)
        return self.proj(x).transpose(1, 2), n.to(torch.int32)


class Exported(nn.Module):
    """The encoder for one utterance at a time: without the attention's mask, as the published encoder is written."""

    def __init__(self, encoder):
        super().__init__()
        self.encoder, self.subsampling = encoder, encoder.subsampling.fold()

    def hidden(self, features, length):
        x = self.subsampling(features).transpose(1, 2)
        for _ in range(2):
            length = torch.div(length + 1, 2, rounding_mode="floor")
        return self.encoder.run(x, length, lambda padded: None), length.to(torch.int32)

    def forward(self, audio_signal, length):
        x, n = self.hidden(audio_signal, length)
        return self.encoder.proj(x).transpose(1, 2), n


class ExportedCTC(nn.Module):
    """The same encoder with a CTC head, in one graph: frame-major log-probabilities."""

    def __init__(self, encoder, ctc):
        super().__init__()
        self.exported, self.ctc = Exported(encoder), ctc

    def forward(self, features, feature_lengths):
        x, n = self.exported.hidden(features, feature_lengths)
        return self.ctc(x).log_softmax(2), n
