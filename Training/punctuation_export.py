"""Writes the punctuation model under the reference's names: `rupunct_small_int8.onnx`, `tokenizer.json`, `config.json`.

    punctuation_export.py RUN OUT

Weights are stored as int8 with a scale for each row and computed in float, with standard operators only.
"""
import argparse
import json
import os
import shutil

import numpy
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from punctuation_labels import NAMES
from punctuation_train import Punctuation

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
LARGE = 20_000      # values of a tensor that is worth int8


def stored_as_int8(model):
    """Replaces each large float initializer by int8 values, a scale for each row of the last axis, Cast and Mul."""
    graph, before = model.graph, []
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype != numpy.float32 or values.size < LARGE:
            continue
        scale = numpy.maximum(numpy.abs(values).max(-1, keepdims=True) / 127, 1e-12).astype(numpy.float32)
        name = tensor.name
        graph.initializer.remove(tensor)
        graph.initializer.extend([
            numpy_helper.from_array(numpy.round(values / scale).astype(numpy.int8), name + "_int8"),
            numpy_helper.from_array(scale, name + "_scale")])
        readers = [node for node in graph.node if name in node.input]
        if [node.op_type for node in readers] == ["Gather"]:
            # Rows are taken first, so that a run converts the words of its text and not the whole table.
            gather = readers[0]
            row, cast, factor = name + "_row", name + "_float", name + "_factor"
            place = list(graph.node).index(gather)
            nodes = [helper.make_node("Gather", [name + "_int8", gather.input[1]], [row]),
                     helper.make_node("Gather", [name + "_scale", gather.input[1]], [factor]),
                     helper.make_node("Cast", [row], [cast], to=TensorProto.FLOAT),
                     helper.make_node("Mul", [cast, factor], list(gather.output))]
            graph.node.remove(gather)
            for offset, node in enumerate(nodes):
                graph.node.insert(place + offset, node)
        else:
            before += [helper.make_node("Cast", [name + "_int8"], [name + "_float"], to=TensorProto.FLOAT),
                       helper.make_node("Mul", [name + "_float", name + "_scale"], [name])]
    for offset, node in enumerate(before):
        graph.node.insert(offset, node)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("out")
    parser.add_argument("--checkpoint", default="final.pt")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    os.makedirs(arguments.out, exist_ok=True)
    saved = torch.load(os.path.join(arguments.run, arguments.checkpoint))
    model = Punctuation(saved["vocabulary"])
    model.load_state_dict(saved["ema"])
    model.eval()
    path = os.path.join(arguments.out, "rupunct_small_int8.onnx")
    example = torch.full((1, 9), 7)
    torch.onnx.export(model, (example, torch.ones_like(example), torch.zeros_like(example)), path, input_names=INPUTS,
                      output_names=["logits"], dynamic_axes={name: {1: "sequence"} for name in [*INPUTS, "logits"]},
                      opset_version=17, dynamo=False)
    graph = stored_as_int8(onnx.load(path))
    onnx.checker.check_model(graph)
    onnx.save(graph, path)
    shutil.copyfile(os.path.join(arguments.run, "tokenizer.json"), os.path.join(arguments.out, "tokenizer.json"))
    config = {"architectures": ["BertForTokenClassification"], "model_type": "bert", "max_position_embeddings": 2048,
              "vocab_size": saved["vocabulary"], "id2label": {str(i): name for i, name in enumerate(NAMES)},
              "label2id": {name: i for i, name in enumerate(NAMES)}}
    with open(os.path.join(arguments.out, "config.json"), "w", encoding="utf-8") as file:
        json.dump(config, file, ensure_ascii=False, indent=1)
        file.write("\n")
    for name in sorted(os.listdir(arguments.out)):
        print(f"{os.path.getsize(os.path.join(arguments.out, name)):>10} {name}")


if __name__ == "__main__":
    main()
