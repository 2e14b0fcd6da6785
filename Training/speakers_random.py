"""WeSpeaker's ResNet34 with random weights, to measure time and memory with: 6.6 million numbers, 26.5 MB.

    speakers_random.py OUT        OUT: wespeaker_resnet34.onnx in a folder with a speech model

The shape is that of the published model: `feats` [B, T, 80] to `embs` [B, 256], four stages of 3, 4, 6 and 3 basic blocks with
32, 64, 128 and 256 channels, means and standard deviations over time, one linear layer. Batch normalisation is folded into
the convolutions, as ONNX Runtime does at load. Its vectors say nothing about voices.
"""
import sys
import numpy as np
import onnx
from onnx import TensorProto as T, helper as h, numpy_helper as nh

g = np.random.default_rng(1)
nodes, weights = [], []


def constant(name, value):
    weights.append(nh.from_array(value, name))
    return name


def conv(x, name, cin, cout, kernel, stride):
    w = g.normal(0, np.sqrt(2 / (cin * kernel * kernel)), (cout, cin, kernel, kernel)).astype(np.float32)
    pad = kernel // 2
    nodes.append(h.make_node(
        "Conv", [x, constant(name + "_w", w), constant(name + "_b", np.zeros(cout, np.float32))], [name],
        kernel_shape=[kernel, kernel], strides=[stride, stride], pads=[pad] * 4))
    return name


def op(kind, inputs, output, **attributes):
    nodes.append(h.make_node(kind, inputs, [output], **attributes))
    return output


x = op("Transpose", ["feats"], "bands", perm=[0, 2, 1])
x = op("Unsqueeze", [x, constant("one", np.array([1], np.int64))], "image")
x = op("Relu", [conv(x, "stem", 1, 32, 3, 1)], "stem_r")
channels = 32
for stage, (blocks, width) in enumerate(zip((3, 4, 6, 3), (32, 64, 128, 256))):
    for block in range(blocks):
        name, stride = f"s{stage}b{block}", 2 if block == 0 and stage > 0 else 1
        y = op("Relu", [conv(x, name + "a", channels, width, 3, stride)], name + "ar")
        y = conv(y, name + "c", width, width, 3, 1)
        if stride != 1 or channels != width:
            x = conv(x, name + "s", channels, width, 1, stride)
        # Without training the sum of many blocks would grow.
        y = op("Mul", [y, constant(name + "k", np.array(0.3, np.float32))], name + "m")
        x, channels = op("Relu", [op("Add", [x, y], name + "p")], name), width
flat = op("Reshape", [x, constant("flat", np.array([0, channels * 10, -1], np.int64))], "frames")
mean = op("ReduceMean", [flat], "mean", axes=[2], keepdims=1)
centred = op("Sub", [flat, mean], "centred")
variance = op("ReduceMean", [op("Mul", [centred, centred], "squares")], "variance", axes=[2], keepdims=0)
deviation = op("Sqrt", [op("Add", [variance, constant("small", np.array(1e-7, np.float32))], "floored")], "deviation")
level = op("Squeeze", [mean, constant("two", np.array([2], np.int64))], "level")
both = op("Concat", [level, deviation], "both", axis=1)
w = g.normal(0, np.sqrt(1 / 5120), (5120, 256)).astype(np.float32)
op("Gemm", [both, constant("w", w), constant("b", np.zeros(256, np.float32))], "embs")
model = h.make_model(
    h.make_graph(
        nodes, "random", [h.make_tensor_value_info("feats", T.FLOAT, ["B", "T", 80])],
        [h.make_tensor_value_info("embs", T.FLOAT, ["B", 256])], weights),
    opset_imports=[h.make_opsetid("", 17)], ir_version=8)
onnx.checker.check_model(model, full_check=True)
onnx.save(model, sys.argv[1])
print(sum(np.prod(w.dims) for w in weights), "numbers")
