"""Moves the similarity at which two voices are told apart to that of WeSpeaker's models, 0.35.

    speakers_calibrate.py MODEL SIMILARITY OUT        SIMILARITY: the best threshold by speakers_threshold.py

A constant value is added to the vectors of length 1: a cosine of s becomes (s + x) / (1 + x).
"""
import sys
import numpy as np
import onnx
from onnx import helper as h, numpy_helper as nh

WANTED = 0.35
model, at = onnx.load(sys.argv[1]), float(sys.argv[2])
x = max(0.0, (WANTED - at) / (1 - WANTED))
graph = model.graph
graph.node[-1].output[0] = "vectors"
size = graph.output[0].type.tensor_type.shape.dim[1].dim_value
used = {i for n in graph.node for i in n.input}
kept = [i for i in graph.initializer if i.name in used]
del graph.initializer[:]
graph.initializer.extend(kept + [
    nh.from_array(np.array(np.sqrt(x), np.float32), "constant_value"),
    nh.from_array(np.array([0, 0, 0, 1], np.int64), "pads")])
graph.node.extend([
    h.make_node("LpNormalization", ["vectors"], ["units"], axis=1, p=2),
    h.make_node("Pad", ["units", "pads", "constant_value"], ["embs"], mode="constant")])
graph.output[0].type.tensor_type.shape.dim[1].dim_value = size + 1
onnx.checker.check_model(model, full_check=True)
onnx.save(model, sys.argv[3])
print(f"x {x:.3f}, {size + 1} values")
