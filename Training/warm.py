"""Reads the weights of a trained model back from its ONNX files, to teach or to start another."""
import os
import onnx
import torch
from onnx import numpy_helper
import v3
from model import Transducer


def weights(path):
    """Initialisers of an ONNX file by parameter name; the exporter renames matrices but keeps their biases."""
    graph = onnx.load(path).graph
    found = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
    matrix = {n.output[0]: n.input[1] for n in graph.node if n.op_type == "MatMul"}
    for node in graph.node:
        if node.op_type == "Add":
            for product, bias in (node.input, reversed(node.input)):
                if product in matrix and bias.endswith(".bias"):
                    found[bias[:-4] + "weight"] = found.pop(matrix[product]).t().contiguous()
        if node.op_type == "LSTM":                # ONNX orders the gates i o f c, PyTorch i f c o
            w, r, b = (found.pop(node.input[i])[0] for i in (1, 2, 3))
            turn = lambda x: torch.cat([x.chunk(4)[i] for i in (0, 2, 3, 1)])
            found["lstm.weight_ih_l0"], found["lstm.weight_hh_l0"] = turn(w), turn(r)
            found["lstm.bias_ih_l0"], found["lstm.bias_hh_l0"] = (turn(x) for x in b.chunk(2))
    return found


def load(folder):
    """The trained model in `folder`, without its training aid."""
    m = Transducer()
    for part in ("encoder", "decoder", "joint"):
        module = getattr(m, part)
        found = weights(os.path.join(folder, f"v3_rnnt_{part}.onnx"))
        module.load_state_dict({k: found[k] for k in module.state_dict()})
    return m.eval()


@torch.no_grad()
def start(encoder, teacher):
    """Copies into a `V3Encoder` what an encoder of the same width has in common with it."""
    sub = encoder.subsampling
    for mine, its in ((sub.first, teacher.c1), (sub.second, teacher.c2), (encoder.proj, teacher.proj)):
        mine.load_state_dict(its.state_dict())
    for layer, block in zip(encoder.layers, teacher.blocks):
        for mine, its in zip(layer.norms, (block.ff1.norm, block.att.norm, block.conv.norm, block.ff2.norm, block.norm)):
            mine.load_state_dict(its.state_dict())
        for mine, its in ((layer.ff1.up, block.ff1.a), (layer.ff1.down, block.ff1.b), (layer.ff2.up, block.ff2.a),
                          (layer.ff2.down, block.ff2.b), (layer.attention.out, block.att.out),
                          (layer.convolution.norm, block.conv.norm2)):
            mine.load_state_dict(its.state_dict())
        for mine, its in ((layer.convolution.gated, block.conv.pw1), (layer.convolution.out, block.conv.pw2)):
            mine.weight.copy_(its.weight[:, :, None]); mine.bias.copy_(its.bias)
        for part, mine in enumerate((layer.attention.q, layer.attention.k, layer.attention.v)):
            mine.weight.copy_(block.att.qkv.weight.chunk(3)[part]); mine.bias.copy_(block.att.qkv.bias.chunk(3)[part])
        wide, taps = block.conv.dw, layer.convolution.depthwise.kernel_size[0]
        cut = (wide.kernel_size[1] - taps) // 2
        layer.convolution.depthwise.weight.copy_(wide.weight[:, :, 0, cut:cut + taps])
        layer.convolution.depthwise.bias.copy_(wide.bias)


@torch.no_grad()
def restore(model, folder):
    """Starts a `Transducer` with a `V3Encoder` from an exported one of the same width and as many layers or fewer.

    A layer that the exported model lacks is a copy of the one below with zero outputs: it changes next to nothing
    until it has learnt something. New layers are spread over the depth."""
    found = weights(os.path.join(folder, "v3_rnnt_encoder.onnx"))
    have = 1 + max(int(k.split(".")[2]) for k in found if k.startswith("encoder.layers."))
    want = len(model.encoder.layers)
    source = [i * have // want for i in range(want)]
    state = {}
    for k in model.encoder.state_dict():
        if k.startswith("layers."):
            layer, rest = k[7:].split(".", 1)
            i = int(layer)
            w = found[f"encoder.layers.{source[i]}.{rest}"]
            is_new = i > 0 and source[i] == source[i - 1]
            is_output = rest.rsplit(".", 1)[0] in ("ff1.down", "ff2.down", "attention.out", "convolution.out")
            state[k] = torch.zeros_like(w) if is_new and is_output else w
        elif k.startswith("subsampling.first."):
            continue
        else:
            state[k] = found["encoder." + k]
    w = found["subsampling.0.weight"] / v3.SCALE      # `v3.Subsampling.fold` undone
    state["subsampling.first.weight"] = w
    state["subsampling.first.bias"] = found["subsampling.0.bias"] + v3.MEAN * v3.SCALE * w.sum((1, 2))
    model.encoder.load_state_dict(state)
    for part in ("decoder", "joint"):
        module = getattr(model, part)
        found = weights(os.path.join(folder, f"v3_rnnt_{part}.onnx"))
        module.load_state_dict({k: found[k] for k in module.state_dict()})
