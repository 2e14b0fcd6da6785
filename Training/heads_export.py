"""Writes the small heads as ONNX files: heads_export.py RUN MODEL OUT

MODEL is the model they were trained beside; its encoder becomes theirs. `e2e_rnnt`: prediction network, joint and vocabulary.
CTC heads: a graph each from the encoder's `encoded` to `log_probs`; joined to an encoder it is the one graph of the contract.
Weights are rounded to bfloat16, so that they take half the space in a package or a repository.
"""
import os
import shutil
import sys

import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer

from export import export
from heads_train import MULTILINGUAL, PIECES, ctc_heads
from model import ENC_DIM, PRED_DIM, Decoder, Joint

OPERATORS, FORMAT = 17, 8
FILES = {"ctc": "v3_ctc", "e2e_ctc": "v3_e2e_ctc", "multilingual_ctc": "multilingual_ctc"}


def write_vocabulary(path, tokens):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(f"{token} {number}\n" for number, token in enumerate([*tokens, "<blk>"]))


def transducer(state, out):
    decoder, joint = Decoder(PIECES + 1).eval(), Joint(tokens=PIECES + 1).eval()
    decoder.load_state_dict(state["decoder"])
    joint.load_state_dict(state["joint"])
    z = torch.zeros(1, 1, PRED_DIM)
    export(decoder, (torch.zeros(1, 1, dtype=torch.long), z, z), os.path.join(out, "v3_e2e_rnnt_decoder.onnx"),
           ["x", "h.1", "c.1"], ["dec", "h", "c"],
           {"x": {0: "batch_size"}, "h.1": {1: "batch_size"}, "c.1": {1: "batch_size"},
            "dec": {0: "batch_size"}, "h": {1: "batch_size"}, "c": {1: "batch_size"}})
    export(joint, (torch.zeros(1, ENC_DIM, 1), torch.zeros(1, PRED_DIM, 1)), os.path.join(out, "v3_e2e_rnnt_joint.onnx"),
           ["enc", "dec"], ["joint"], {k: {0: "batch_size"} for k in ("enc", "dec", "joint")})


def ctc_head(head, path):
    """Nodes and weights have names that no encoder has."""
    port = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    nodes, weights, value = [], [], "encoded"
    for number, layer in enumerate(head):
        inputs, name = [value], f"head.{number}"
        if isinstance(layer, torch.nn.Conv1d):
            for key, tensor in layer.state_dict().items():
                weights.append(numpy_helper.from_array(tensor.numpy(), f"{name}.{key}"))
                inputs.append(f"{name}.{key}")
            nodes.append(helper.make_node("Conv", inputs, [f"{name}.out"], name, pads=[*layer.padding, *layer.padding]))
        else:
            nodes.append(helper.make_node("Relu", inputs, [f"{name}.out"], name))
        value = f"{name}.out"
    nodes += [helper.make_node("Transpose", [value], ["head.scores"], "head.transpose", perm=[0, 2, 1]),
              helper.make_node("LogSoftmax", ["head.scores"], ["log_probs"], "head.log_softmax", axis=2)]
    graph = helper.make_graph(
        nodes, "ctc_head", [port("encoded", ["batch_size", ENC_DIM, "enc_len"])],
        [port("log_probs", ["batch_size", "enc_len", head[-1].out_channels])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPERATORS)], ir_version=FORMAT)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def main():
    run, model, out = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    shutil.copy(os.path.join(model, "v3_rnnt_encoder_int8.onnx"), os.path.join(out, "encoder_int8.onnx"))
    state = torch.load(os.path.join(run, "heads.pt"))
    state = {part: {k: v.bfloat16().float() for k, v in weights.items()} for part, weights in state.items()}
    transducer(state, out)
    for name, head in ctc_heads().items():
        head.load_state_dict(state[name])
        ctc_head(head, os.path.join(out, f"{FILES[name]}_head.onnx"))
    pieces = Tokenizer.from_file(os.path.join(run, "pieces.json"))
    write_vocabulary(os.path.join(out, "v3_e2e_rnnt_vocab.txt"), [pieces.id_to_token(i) for i in range(PIECES)])
    write_vocabulary(os.path.join(out, "multilingual_vocab.txt"), [c.replace(" ", "▁") for c in MULTILINGUAL])
    for file in sorted(os.listdir(out)):
        print(f"{os.path.getsize(os.path.join(out, file)):>10} {file}")


if __name__ == "__main__":
    main()
