"""Compares the program with onnx-asr on the small models of the other heads, on the recordings of Demo/.

    heads.py PROGRAM

The models are those of Tests/Fixtures/Heads, one encoder with several heads. Both must hear the same words at the same times
in recordings of one utterance. One word a head may differ: two tokens may be as likely, to the last bit of a product.
`ml_ctc_large` has the files of `ml_ctc` under other names.
"""
import json
import os
import subprocess
import sys
import tempfile

import onnx
import onnx.compose
import onnx_asr
import onnxruntime

import check
import reference

FIXTURES = os.path.join(check.ROOT, "Tests", "Fixtures", "Heads")
# Names of onnx-asr; stem of the graph and vocabulary of CTC heads.
MODELS = {"e2e_rnnt": "gigaam-v3-e2e-rnnt", "ctc": "gigaam-v3-ctc", "e2e_ctc": "gigaam-v3-e2e-ctc",
          "ml_ctc": "gigaam-multilingual-ctc"}
STEMS = {"ctc": "v3_ctc", "e2e_ctc": "v3_e2e_ctc", "ml_ctc": "multilingual_ctc"}
VOCABULARIES = {"ctc": "v3_vocab.txt", "e2e_ctc": "v3_e2e_ctc_vocab.txt", "ml_ctc": "multilingual_vocab.txt"}
LATEST_SECONDS = 0.001
# Of all recordings, for each head.
MOST_DIFFERENT = 1


def ctc_graph(encoder, head, path):
    """Encoder and head in one graph, with the names of the contract."""
    whole = onnx.compose.merge_models(onnx.load(encoder), onnx.load(head), io_map=[("encoded", "encoded")])
    names = {"audio_signal": "features", "length": "feature_lengths", "encoded_len": "encoded_lengths"}
    for node in whole.graph.node:
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    for port in (*whole.graph.input, *whole.graph.output):
        port.name = names.get(port.name, port.name)
    outputs = sorted(whole.graph.output, key=lambda port: port.name != "log_probs")
    del whole.graph.output[:]
    whole.graph.output.extend(outputs)
    onnx.checker.check_model(whole)
    onnx.save(whole, path)


def fill(folder, head, fixtures=FIXTURES, encoder=os.path.join(FIXTURES, "encoder_int8.onnx")):
    """Makes a model folder of one head, for onnx-asr and for the program: in the names, all is floats."""
    link = lambda source, name: os.symlink(os.path.abspath(source), os.path.join(folder, name))
    if head == "e2e_rnnt":
        link(encoder, "v3_e2e_rnnt_encoder.onnx")
        for name in ("v3_e2e_rnnt_decoder.onnx", "v3_e2e_rnnt_joint.onnx", "v3_e2e_rnnt_vocab.txt"):
            link(os.path.join(fixtures, name), name)
    else:
        stem, vocabulary = STEMS[head], VOCABULARIES[head]
        ctc_graph(encoder, os.path.join(fixtures, f"{stem}_head.onnx"),
                  os.path.join(folder, f"{stem}.onnx"))
        if head == "ctc":
            link(os.path.join(check.MODEL, vocabulary), vocabulary)
        else:
            # The CTC head that writes marks shares the pieces of the transducer.
            link(os.path.join(fixtures, vocabulary.replace("e2e_ctc", "e2e_rnnt")), vocabulary)
    with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as file:
        json.dump({**reference.CONFIG, "model_type": MODELS[head]}, file)


def load(folder, head):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnx_asr.load_model(MODELS[head], folder, sess_options=options).with_timestamps()


def words_of(result):
    """Words and the seconds at which their first letters were emitted."""
    words = []
    for token, time in zip(result.tokens or [], result.timestamps or []):
        starts = token.startswith(" ")
        letters = token[1:] if starts else token
        if starts or not words:
            words.append(["", None])
        if letters:
            words[-1] = [words[-1][0] + letters, time if words[-1][1] is None else words[-1][1]]
    return [(word, time) for word, time in words if word]


def transcribe(program, folder, recording):
    command = [program, "transcribe", "--format", "json", "--model-dir", folder, recording]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
                          timeout=check.TIME_LIMIT_SECONDS)
    return json.loads(done.stdout)


def compare(program, head, items, comparison):
    with tempfile.TemporaryDirectory() as folder:
        fill(folder, head)
        engine, different = load(folder, head), 0
        for item in items:
            recording = os.path.join(check.DEMO, item["file"])
            theirs = words_of(engine.recognize(recording))
            ours = [(word["word"], word["start"]) for word in transcribe(program, folder, recording)["words"]]
            texts = [[word for word, _ in words] for words in (theirs, ours)]
            errors = check.word_errors(*texts)
            different += errors
            late = 0 if errors else max(abs(a - b) for (_, a), (_, b) in zip(ours, theirs))
            note = " ".join(texts[0])
            if errors:
                note = f"onnx-asr: {note}\n{'':34}ours:     {' '.join(texts[1])}"
            elif late > LATEST_SECONDS:
                note += f": a word begins {late:.3f} s elsewhere"
            comparison.row(head[:8], item["file"], bool(ours) and different <= MOST_DIFFERENT and late <= LATEST_SECONDS, note)


def main():
    if len(sys.argv) != 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit("usage: heads.py PROGRAM, where PROGRAM is the built gigastt")
    with open(os.path.join(check.DEMO, "manifest.json"), encoding="utf-8") as file:
        items = [item for item in json.load(file)["items"] if "segments" not in item]
    comparison = check.Comparison()
    for head in MODELS:
        compare(os.path.abspath(sys.argv[1]), head, items, comparison)
    print(f"heads: {comparison.passed} passed, {comparison.failed} failed")
    return 1 if comparison.failed or not comparison.passed else 0


if __name__ == "__main__":
    sys.exit(main())
