"""Compares `gigastt quantize --form batch-fp16` with the encoder that it is made of, as hardware with halves would run it.

    halves.py PROGRAM [MODEL]

The processor computes such a file in floats. So the graph is rewritten: its weights become floats of the same value, and
every result is rounded to a half, also the scores and weights of attention; what is beyond the largest half is infinite.
Frames of recordings, silence and noise must stay finite and like those of the original. MODEL is a folder with an encoder
in floats; default: the built-in model.
"""
import os
import sys
import tempfile

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import batch
import check
import quantization

frontend = batch.frontend
HALVES = "v3_rnnt_encoder_batch_fp16.onnx"
# 1 - cosine of what changes over time, channel by channel. Trained weights reach 1e-6; random ones of full size 2e-4.
LARGEST_LOSS = 1e-3
# They choose among values or move them: nothing is rounded.
MOVING = {"Concat", "Identity", "Pad", "Relu", "Reshape", "Slice", "Transpose", "Where"}
# Of lengths and shapes.
INTEGER = {"Div", "Less", "Range", "Shape", "Squeeze", "Sub", "Unsqueeze"}


class Rewriter:
    def __init__(self, path):
        self.model = onnx.load(path)
        self.weights = {}
        for tensor in self.model.graph.initializer:
            if tensor.data_type == TensorProto.FLOAT16:
                tensor = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(numpy.float32), tensor.name)
            self.weights[tensor.name] = tensor
        self.floats = {name for name, tensor in self.weights.items() if tensor.data_type == TensorProto.FLOAT}
        self.floats.add(self.model.graph.input[0].name)
        self.nodes, self.sizes = [], []

    def constant(self, name, value, kind=numpy.float32):
        self.weights[name] = numpy_helper.from_array(numpy.array(value, kind), name)
        return name

    def add(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def round(self, value, output):
        """Eleven bits by Veltkamp's splitting; below 2^-14 multiples of 2^-24; infinite above 65 519."""
        def add(kind, inputs, name):
            return self.add(kind, inputs, f"{output}_{name}")
        scaled = add("Mul", [value, self.constant("splitter", 2.0 ** 13 + 1)], "scaled")
        normal = add("Sub", [scaled, add("Sub", [scaled, value], "low")], "normal")
        shift = self.constant("shift", 0.75)  # one bit of a float of this size is 2^-24
        small = add("Sub", [add("Add", [value, shift], "shifted"), shift], "small")
        size = add("Abs", [value], "size")
        self.sizes.append(add("Reshape", [add("ReduceMax", [size], "most"), self.constant("one", [1], numpy.int64)], "top"))
        is_small = add("Less", [size, self.constant("least", 2.0 ** -14)], "is_small")
        finite = add("Where", [is_small, small, normal], "finite")
        is_large = add("Greater", [size, self.constant("most", 65519.9)], "is_large")
        infinite = add("Mul", [add("Sign", [value], "sign"), self.constant("infinity", numpy.inf)], "infinite")
        return self.add("Where", [is_large, infinite, finite], output)

    def attend(self, node):
        """The steps of `MultiHeadAttention` for one window, whose keys are all valid."""
        heads = next(item.i for item in node.attribute if item.name == "num_heads")
        matrix = next(other for other in self.model.graph.node if other.output[0] == node.input[0]).input[1]
        width = self.weights[self.weights[matrix].name].dims[0]
        name = node.name
        split = self.constant(f"{name}_split", [0, 0, heads, width // heads], numpy.int64)
        joined = self.constant(f"{name}_joined", [0, 0, width], numpy.int64)
        factor = self.constant(f"{name}_factor", (width // heads) ** -0.5)
        parts = []
        for part, order in enumerate(([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])):
            value = self.add("Reshape", [node.input[part], split], f"{name}_split_{part}")
            parts.append(self.add("Transpose", [value], f"{name}_heads_{part}", perm=order))
        scores = self.add("Mul", [self.add("MatMul", parts[:2], f"{name}_products"), factor], f"{name}_scores")
        shares = self.add("Softmax", [self.round(scores, f"{name}_half_scores")], f"{name}_shares", axis=-1)
        sums = self.add("MatMul", [self.round(shares, f"{name}_half_shares"), parts[2]], f"{name}_sums")
        turned = self.add("Transpose", [sums], f"{name}_turned", perm=[0, 2, 1, 3])
        self.round(self.add("Reshape", [turned, joined], f"{name}_whole"), node.output[0])

    def is_float(self, node):
        return node.op_type not in INTEGER - {"Sub", "Div"} and any(name in self.floats for name in node.input)

    def rewrite(self):
        for node in self.model.graph.node:
            if not self.is_float(node):
                self.nodes.append(node)
                continue
            self.floats.add(node.output[0])
            if node.op_type == "Cast":
                to = next(item.i for item in node.attribute if item.name == "to")
                if to == TensorProto.FLOAT16:
                    self.round(node.input[0], node.output[0])
                else:
                    self.add("Identity", [node.input[0]], node.output[0])
            elif node.op_type == "MultiHeadAttention":
                self.attend(node)
            elif node.op_type in MOVING:
                self.nodes.append(node)
            else:
                exact = onnx.NodeProto()
                exact.CopyFrom(node)
                exact.output[0] = f"{node.output[0]}_exact"
                self.nodes.append(exact)
                self.round(exact.output[0], node.output[0])
        self.add("Concat", self.sizes, "sizes", axis=0)
        graph = self.model.graph
        graph.output.append(helper.make_tensor_value_info("sizes", TensorProto.FLOAT, [None]))
        del graph.node[:], graph.initializer[:]
        graph.node.extend(self.nodes)
        graph.initializer.extend(self.weights.values())
        return self.model


def session(path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def encode(encoder, features):
    names = [port.name for port in encoder.get_inputs()]
    length = numpy.array([features.shape[1]], numpy.int64)
    return encoder.run(None, dict(zip(names, (features[None], length))))


def loss(found, expected):
    found, expected = (values.astype(numpy.float64) for values in (found, expected))
    found, expected = (values - values.mean(axis=1, keepdims=True) for values in (found, expected))
    return 1 - (found * expected).sum() / numpy.sqrt((found ** 2).sum() * (expected ** 2).sum())


def sounds():
    speech = {name: frontend.read_wav(os.path.join(check.DEMO, name)) for name in batch.RECORDINGS}
    yield from speech.items()
    yield "speech, 50 times too loud", numpy.clip(50 * speech["10_minute.wav"], -1, 1)
    yield "silence", numpy.zeros(64_000)
    yield "clipped noise", numpy.clip(numpy.random.default_rng(1).normal(0, 3, 64_000), -1, 1)
    yield "square wave", numpy.sign(numpy.sin(2 * numpy.pi * 200 * numpy.arange(64_000) / 16_000))


def main():
    if len(sys.argv) not in (2, 3) or not os.access(sys.argv[1], os.X_OK):
        sys.exit("usage: halves.py PROGRAM [MODEL], where PROGRAM is the built gigastt")
    program, failures = os.path.abspath(sys.argv[1]), quantization.Failures()
    source = os.path.join(sys.argv[2] if len(sys.argv) > 2 else check.MODEL, check.FP32_ENCODER)
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.abspath(source), os.path.join(folder, check.FP32_ENCODER))
        path, rewritten = os.path.join(folder, HALVES), os.path.join(folder, "rewritten.onnx")
        quantization.run(program, "quantize", "--form", "batch-fp16", "--model-dir", folder, "--output", path)
        onnx.checker.check_model(path)
        onnx.save(Rewriter(path).rewrite(), rewritten)
        original, halves, exact = session(source), session(path), session(rewritten)
        for name, samples in sounds():
            features = frontend.log_mel(samples.astype(numpy.float32))[0][:, :1_600].astype(numpy.float32)
            expected, found = encode(original, features)[0][0], encode(exact, features)
            stored = loss(encode(halves, features)[0][0], expected)
            # What does not change over time has no such cosine.
            worst = loss(found[0][0], expected) if expected.std(axis=1).max() > 1e-3 else 0.0
            failures.expect(
                numpy.isfinite(found[0]).all() and worst <= LARGEST_LOSS,
                f"{name}: loss {worst:.1e}, with rounded weights only {stored:.1e}, largest value {found[2].max():.0f}")
    print(f"halves: {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
