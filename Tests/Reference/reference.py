"""What onnx-asr, an independent implementation, hears: one JSON line a recording.

    reference.py [--encoder fp32|int8] MODEL_DIR WAV...

A line is {"file", "text", "tokens", "frames"}: token ids, and the encoder frame of 40 ms each was emitted at.
"""
import argparse
import json
import os
import tempfile

import onnx_asr
import onnxruntime

FRAME_SECONDS = 0.04
# Settings of onnx-asr that the model folder does not contain; by default it uses the front end of version 2.
CONFIG = {"model_type": "gigaam-v3-rnnt", "version": "v3", "features_size": 64, "subsampling_factor": 4,
          "max_tokens_per_step": 10}


def link_model(source, encoder, folder):
    """Fills `folder` with links to the files under the names onnx-asr loads as fp32.

    The int8 encoder goes with the fp32 decoder and joint, which is what our engine runs; onnx-asr's own int8 mode
    would take all three in int8.
    """
    suffix = "_int8" if encoder == "int8" else ""
    names = {f"v3_rnnt_encoder{suffix}.onnx": "v3_rnnt_encoder.onnx", "v3_rnnt_decoder.onnx": "v3_rnnt_decoder.onnx",
             "v3_rnnt_joint.onnx": "v3_rnnt_joint.onnx", "v3_vocab.txt": "v3_vocab.txt"}
    for name, link in names.items():
        os.symlink(os.path.join(os.path.abspath(source), name), os.path.join(folder, link))
    with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
        json.dump(CONFIG, file)


def read_vocabulary(source):
    """Token text, as onnx-asr prints it, to id."""
    with open(os.path.join(source, "v3_vocab.txt"), encoding="utf-8") as file:
        pairs = (line.rstrip("\n").rsplit(" ", 1) for line in file)
        return {token.replace("▁", " "): int(number) for token, number in pairs}


def recognise(source, encoder, recordings):
    vocabulary = read_vocabulary(source)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    with tempfile.TemporaryDirectory() as folder:
        link_model(source, encoder, folder)
        model = onnx_asr.load_model("gigaam-v3-rnnt", folder, sess_options=options).with_timestamps()
        for recording in recordings:
            result = model.recognize(recording)
            yield {"file": os.path.basename(recording), "text": result.text,
                   "tokens": [vocabulary[token] for token in result.tokens or []],
                   "frames": [round(time / FRAME_SECONDS) for time in result.timestamps or []]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", choices=["fp32", "int8"], default="fp32")
    parser.add_argument("model")
    parser.add_argument("recordings", nargs="+", metavar="wav")
    arguments = parser.parse_args()
    for line in recognise(arguments.model, arguments.encoder, arguments.recordings):
        print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
