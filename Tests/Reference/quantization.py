"""Compares `gigastt quantize --form matmul` with the tool of ONNX Runtime, on the encoder of the built-in model.

    quantization.py PROGRAM

The tool is `quantize_dynamic` for MatMul only: both must quantise the same matrices to the same steps and compute the
same. What the tool writes must be a source of the fast form too, with one scale an output and, its default, with one
scale a matrix. onnx-asr must load the program's file by its own name and hear the same words in it.
"""
import json
import os
import subprocess
import sys
import tempfile

import numpy
import onnx
import onnx_asr
import onnxruntime
from onnxruntime.quantization import QuantType, quantize_dynamic

import check
import reference

FLOATS, INT8 = check.FP32_ENCODER, check.INT8_ENCODER
sys.path.append(os.path.join(check.ROOT, "Tools", "FullSizeModel"))
import frontend  # noqa: E402

RECORDINGS = ["03_date.wav", "08_route.wav"]
# Both compute in the same integers, but the last bits of a scale may move an activation by a step.
LEAST_COSINE = 0.9997
# Of another form of the same weights.
LEAST_COSINE_OF_FORMS = 0.98


class Failures(list):
    def expect(self, holds, what):
        print(f"  {'ok  ' if holds else 'FAIL'}  {what}", flush=True)
        if not holds:
            self.append(what)


def run(program, *arguments):
    done = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          timeout=check.TIME_LIMIT_SECONDS)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)}: {done.stderr.decode(errors='replace')}")


def matrices(path, results):
    """By the name of its result: steps and scales of each quantised product."""
    graph = onnx.load(path).graph
    weights = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    makers = {output: node for node in graph.node for output in node.output}
    found = {}
    for result in results:
        rescale = makers[result]
        if rescale.op_type != "Mul":
            continue
        parts = [makers[name] for name in rescale.input]
        cast = next(node for node in parts if node.op_type == "Cast")
        scale = next(node for node in parts if node.op_type == "Mul")
        product = makers[cast.input[0]]
        found[result] = (weights[product.input[1]],
                         next(weights[name] for name in scale.input if name in weights),
                         makers[product.input[0]].input[0])
    kinds = {node.op_type: sum(other.op_type == node.op_type for other in graph.node) for node in graph.node}
    return found, kinds


def encode(path, recordings):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for recording in recordings:
        features = frontend.log_mel(frontend.read_wav(recording))
        yield session.run(None, {"audio_signal": features, "length": numpy.array([features.shape[2]], numpy.int64)})[0]


def cosine(first, second):
    a, b = (x - x.mean(axis=2, keepdims=True) for x in (first, second))
    return float((a * b).sum() / numpy.sqrt((a * a).sum() * (b * b).sum()))


def compare_graphs(floats, ours, theirs, failures):
    products = [node.output[0] for node in onnx.load(floats).graph.node if node.op_type == "MatMul"]
    (mine, my_kinds), (other, other_kinds) = matrices(ours, products), matrices(theirs, products)
    failures.expect(mine.keys() == other.keys() and mine, f"the same {len(other)} of {len(products)} products")
    for kind in ("Conv", "ConvInteger", "MatMul", "MatMulInteger"):
        failures.expect(my_kinds.get(kind) == other_kinds.get(kind), f"{kind}: {my_kinds.get(kind, 0)} in both")
    pairs = [(mine[name], other[name]) for name in mine.keys() & other.keys()]
    failures.expect(all(a[2] == b[2] for a, b in pairs), "each reads the same value")
    failures.expect(all(numpy.allclose(a[1], b[1], rtol=1e-6, atol=0) for a, b in pairs), "the same scales")
    # A weight half-way between two steps: away from zero here, to the even neighbour there.
    steps = [numpy.abs(a[0].astype(int) - b[0].astype(int)) for a, b in pairs]
    different = sum(int((step != 0).sum()) for step in steps)
    total = sum(step.size for step in steps)
    failures.expect(max(step.max() for step in steps) <= 1 and different * 10_000 <= total,
                    f"the same steps, but {different} of {total}")


def compare_results(name, first, second, least, failures):
    recordings = [os.path.join(check.DEMO, recording) for recording in RECORDINGS]
    lowest = min(cosine(a, b) for a, b in zip(encode(first, recordings), encode(second, recordings)))
    failures.expect(lowest >= least, f"{name}: cosine {lowest:.6f}")


def hear_the_same(program, model, failures):
    """`quantization="int8"` of onnx-asr takes the encoder by its name; the head in int8 is that in floats here."""
    with tempfile.TemporaryDirectory() as folder:
        for source, link in ((INT8, INT8), ("v3_rnnt_decoder.onnx", "v3_rnnt_decoder_int8.onnx"),
                             ("v3_rnnt_joint.onnx", "v3_rnnt_joint_int8.onnx"), ("v3_vocab.txt", "v3_vocab.txt")):
            os.symlink(os.path.join(model, source), os.path.join(folder, link))
        with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
            json.dump(reference.CONFIG, file)
        engine = onnx_asr.load_model("gigaam-v3-rnnt", folder, quantization="int8")
        for name in RECORDINGS:
            recording = os.path.join(check.DEMO, name)
            found, problem = check.transcribe(program, model, recording)
            theirs = check.words_of(str(engine.recognize(recording)))
            failures.expect(not problem and check.words_of(" ".join(found)) == theirs,
                            f"onnx-asr, {name}: {problem or ' '.join(theirs)}")


def main():
    if len(sys.argv) != 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit("usage: quantization.py PROGRAM, where PROGRAM is the built gigastt")
    program, failures = os.path.abspath(sys.argv[1]), Failures()
    floats = os.path.join(check.MODEL, FLOATS)
    with tempfile.TemporaryDirectory() as model:
        for name in os.listdir(check.MODEL):
            if name != INT8:
                os.symlink(os.path.join(check.MODEL, name), os.path.join(model, name))
        run(program, "quantize", "--form", "matmul", "--model-dir", model)
        ours = os.path.join(model, INT8)
        for is_by_output in (True, False):
            with tempfile.TemporaryDirectory() as folder:
                theirs, fast = os.path.join(folder, INT8), os.path.join(folder, "fast.onnx")
                quantize_dynamic(floats, theirs, op_types_to_quantize=["MatMul"], per_channel=is_by_output,
                                 weight_type=QuantType.QInt8)
                scales = "a scale an output" if is_by_output else "a scale a matrix"
                if is_by_output:
                    compare_graphs(floats, ours, theirs, failures)
                    compare_results("the tool's encoder", ours, theirs, LEAST_COSINE, failures)
                run(program, "quantize", "--model-dir", folder, "--output", fast)
                compare_results(f"fast form of the tool's, {scales}", theirs, fast, LEAST_COSINE_OF_FORMS, failures)
        hear_the_same(program, model, failures)
    print(f"quantization: {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
