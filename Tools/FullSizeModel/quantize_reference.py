#!/usr/bin/env python3
"""Reference-style dynamic INT8 encoder: the graph shape that gigastt and onnx-asr run.

Every MatMul / Conv / Gemm whose weight is an fp32 initializer of at least 1024
elements (the depthwise convolutions included) becomes
    DynamicQuantizeLinear -> MatMulInteger | ConvInteger -> Cast
                          -> Mul(per-channel scale) [-> Add(bias)]
with signed 8-bit weights, symmetric, one scale per output channel.

This is the baseline all "reference int8 graph" figures refer to.  It is slow on
x86 mostly because ConvInteger has the signed weight as its left operand, for
which the runtime has no fast kernel.

usage: quantize_reference.py --src v3_rnnt_encoder.onnx --dst v3_rnnt_encoder_int8.onnx
"""
import argparse
import numpy as np
import onnx
from onnx_build import FLOAT, node, tensor, to_array

MIN_ELEMENTS = 1024
CONV_ATTRS = ("strides", "pads", "dilations", "group", "kernel_shape", "auto_pad")


def quantize(src, dst):
    m = onnx.load(src)
    g = m.graph
    init = {t.name: t for t in g.initializer}
    done, added, nodes, count = {}, [], [], {}

    def weight(name, axis):
        """names of (int8 weight, fp32 scale per channel, zero point) of an initializer"""
        if name in done:
            return done[name]
        w = to_array(init[name])
        s = np.abs(w).max(axis=tuple(i for i in range(w.ndim) if i != axis)) / 127.0
        s[s == 0] = 1.0
        shape = [1] * w.ndim
        shape[axis] = -1
        q = np.clip(np.round(w / s.reshape(shape)), -128, 127).astype(np.int8)
        names = name + "_quantized", name + "_scale", name + "_zero_point"
        added.extend([tensor(q, names[0]), tensor(s.astype(np.float32), names[1]),
                      tensor(np.array(0, np.int8), names[2])])
        done[name] = names
        return names

    for n in g.node:
        t = init.get(n.input[1]) if n.op_type in ("MatMul", "Conv", "Gemm") and len(n.input) > 1 else None
        if t is None or t.data_type != FLOAT or int(np.prod(t.dims)) < MIN_ELEMENTS:
            nodes.append(n)
            continue
        if n.op_type == "Gemm":
            raise SystemExit(f"{n.name}: Gemm is not expected in this encoder")
        count[n.op_type] = count.get(n.op_type, 0) + 1
        b = (n.name or n.output[0]).replace("/", "_").replace(":", "_")
        conv, dims = n.op_type == "Conv", list(t.dims)
        q, s, z = weight(n.input[1], 0 if conv else len(dims) - 1)
        nodes.append(node("DynamicQuantizeLinear", [n.input[0]], [b + "_a_q", b + "_a_s", b + "_a_z"], b + "_dynq"))
        k = node("ConvInteger" if conv else "MatMulInteger", [b + "_a_q", q, b + "_a_z", z], [b + "_i32"],
                 b + ("_convinteger" if conv else "_matmulinteger"))
        if conv:
            k.attribute.extend(a for a in n.attribute if a.name in CONV_ATTRS)
        nodes.append(k)
        nodes.append(node("Cast", [b + "_i32"], [b + "_f32"], b + "_cast", to=int(FLOAT)))
        nodes.append(node("Mul", [b + "_a_s", s], [b + "_sc"], b + "_scale_mul"))
        if not conv:
            nodes.append(node("Mul", [b + "_f32", b + "_sc"], [n.output[0]], b + "_rescale"))
            continue
        shape = np.ones(len(dims), np.int64)
        shape[1] = dims[0]
        added.append(tensor(shape, b + "_shape"))
        nodes.append(node("Reshape", [b + "_sc", b + "_shape"], [b + "_scr"], b + "_scale_reshape"))
        bias = len(n.input) > 2 and n.input[2]
        nodes.append(node("Mul", [b + "_f32", b + "_scr"], [b + "_scaled" if bias else n.output[0]], b + "_rescale"))
        if bias:
            nodes.append(node("Reshape", [n.input[2], b + "_shape"], [b + "_br"], b + "_bias_reshape"))
            nodes.append(node("Add", [b + "_scaled", b + "_br"], [n.output[0]], b + "_bias_add"))
    keep = [t for t in g.initializer if t.name not in done]
    del g.node[:], g.initializer[:]
    g.node.extend(nodes)
    g.initializer.extend(keep + added)
    onnx.save(m, dst)
    print("quantized", count)


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--src", required=True, help="fp32 encoder")
    ap.add_argument("--dst", required=True)
    a = ap.parse_args()
    quantize(a.src, a.dst)
