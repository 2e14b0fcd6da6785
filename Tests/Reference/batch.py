"""Compares `gigastt quantize --form batch` with the encoder that it is made of, on that of the built-in model.

    batch.py PROGRAM

The encoder for batches gets windows of recordings, padded to the longest with what must not be read; the original gets each
window alone. Both must give the same frames. ONNX Runtime runs them, the program only writes the file. When a mask of the
file is taken out, the comparison must notice.
"""
import os
import sys
import tempfile

import numpy
import onnx
import onnxruntime

import check
import quantization

sys.path.append(os.path.join(check.ROOT, "Tools", "FullSizeModel"))
import frontend  # noqa: E402

BATCH = "v3_rnnt_encoder_batch.onnx"
RECORDINGS = ["01_commands.wav", "03_date.wav", "05_phone.wav", "08_route.wav", "10_minute.wav"]
# Frames of features: windows of one frame, of parts of four, of a partial, of an utterance.
MIXES = [[1, 2, 3, 4, 5], [250, 33, 399, 80, 1200], [2400, 1, 900], [16, 16, 16, 16], [7]]
PADDINGS = [0.0, 1e3, float("nan")]
# In the order of the encoder.
MASKS = ["features_cleared", "subsampling_1_cleared", "MultiHeadAttention", "convolution_cleared"]
# Relative to what changes over time. Another order of sums makes 1e-6 to 1e-5 of it.
LARGEST_DIFFERENCE = 1e-3


def windows(lengths):
    for place, length in enumerate(lengths):
        name = RECORDINGS[place % len(RECORDINGS)]
        if length > 600:
            name = "10_minute.wav"
        features = frontend.log_mel(frontend.read_wav(os.path.join(check.DEMO, name)))[0]
        yield features[:, :length].astype(numpy.float32)


def encode(encoder, items, padding):
    longest = max(item.shape[1] for item in items)
    batch = numpy.full((len(items), items[0].shape[0], longest), padding, numpy.float32)
    for row, item in zip(batch, items):
        row[:, :item.shape[1]] = item
    lengths = numpy.array([item.shape[1] for item in items], numpy.int64)
    names = [port.name for port in encoder.get_inputs()]
    values, counts = encoder.run(None, dict(zip(names, (batch, lengths))))
    return [value[:, :count] for value, count in zip(values, counts)]


def difference(found, expected):
    change = expected - expected.mean(axis=1, keepdims=True)
    # A single frame does not change over time.
    scale = numpy.sqrt((change ** 2).sum()) if expected.shape[1] > 1 else numpy.sqrt((expected ** 2).sum())
    return float(numpy.sqrt(((found - expected) ** 2).sum()) / scale)


def largest_difference(original, batch, lengths, padding):
    items = list(windows(lengths))
    alone = [encode(original, [item], 0)[0] for item in items]
    together = encode(batch, items, padding)
    if any(a.shape != b.shape for a, b in zip(together, alone)):
        return float("inf")
    return max(difference(a, b) for a, b in zip(together, alone))


def without(path, mask):
    """The file without the masks whose names end so; that of attention is an input of another node."""
    model = onnx.load(path)
    count = 0
    for node in model.graph.node:
        if node.op_type == "Where" and node.name.endswith(mask):
            node.op_type, count = "Identity", count + 1
            node.input[:] = [node.input[1]]
        elif node.op_type == mask:
            node.input[:], count = node.input[:3], count + 1
    assert count, mask
    return model.SerializeToString()


def session(model):
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


def main():
    if len(sys.argv) != 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit("usage: batch.py PROGRAM, where PROGRAM is the built gigastt")
    program, failures = os.path.abspath(sys.argv[1]), quantization.Failures()
    with tempfile.TemporaryDirectory() as model:
        for name in os.listdir(check.MODEL):
            os.symlink(os.path.join(check.MODEL, name), os.path.join(model, name))
        quantization.run(program, "quantize", "--form", "batch", "--model-dir", model)
        original, batch = session(os.path.join(model, check.FP32_ENCODER)), session(os.path.join(model, BATCH))
        for lengths in MIXES:
            for padding in PADDINGS:
                found = largest_difference(original, batch, lengths, padding)
                failures.expect(found <= LARGEST_DIFFERENCE,
                                f"windows of {lengths} frames, {padding} behind them: difference {found:.1e}")
        for mask in MASKS:
            found = largest_difference(original, session(without(os.path.join(model, BATCH), mask)), MIXES[1], 1e3)
            failures.expect(found > 10 * LARGEST_DIFFERENCE, f"without {mask}: difference {found:.1e}")
    print(f"batch: {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
