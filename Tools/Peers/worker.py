"""One engine in a process of its own, for `gigastt-bench peers`.

    worker.py ENGINE MODEL_DIR THREADS

Answers with lines of JSON: {"load_s"} when the model is loaded, then for each path read from standard input
{"seconds", "processor_s", "peak_mb", "text", "parts"}, where parts are {"features", "encoder", "search"} in seconds or
null where the engine does not let itself be watched. A failure is {"error"}.
"""
import importlib
import importlib.metadata
import json
import os
import resource
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, "..", "..", "Tests", "Reference"), os.path.join(HERE, "..", "FullSizeModel")]
MOST_TOKENS_PER_FRAME = 10


class Watch:
    """Splits the time of a recording by the runs of the encoder: what comes before the first, the runs, and the rest."""

    def __init__(self, runtime):
        self.start = self.end = None
        self.encoder = self.rest = 0.0
        plain = runtime.InferenceSession.run

        def run(session, *arguments, **options):
            if session.get_inputs()[0].name != "audio_signal":
                return plain(session, *arguments, **options)
            before = time.perf_counter()
            try:
                return plain(session, *arguments, **options)
            finally:
                self.note(before, time.perf_counter())

        runtime.InferenceSession.run = run

    def note(self, before, after):
        if self.end is None:
            self.features = before - self.start
        else:
            self.rest += before - self.end
        self.encoder += after - before
        self.end = after

    def begin(self):
        self.start, self.end, self.encoder, self.rest = time.perf_counter(), None, 0.0, 0.0

    def parts(self, finish):
        if self.end is None:
            return None
        return {"features": self.features, "encoder": self.encoder, "search": self.rest + finish - self.end}


def options(runtime, threads):
    found = runtime.SessionOptions()
    found.intra_op_num_threads, found.inter_op_num_threads, found.log_severity_level = threads, 1, 3
    return found


def onnx_asr(model, threads, encoder, folder):
    import onnxruntime
    from onnx_asr import load_model
    from reference import link_model
    watch = Watch(onnxruntime)
    link_model(model, encoder, folder)
    engine = load_model("gigaam-v3-rnnt", folder, sess_options=options(onnxruntime, threads),
                        providers=["CPUExecutionProvider"])
    return lambda recording: str(engine.recognize(recording)), watch


def plain_runtime(model, threads, encoder, _):
    import numpy
    import onnxruntime
    from frontend import log_mel, read_wav
    from reference import read_vocabulary
    watch = Watch(onnxruntime)
    suffix = "_int8" if encoder == "int8" else ""
    encode, predict, join = (
        onnxruntime.InferenceSession(os.path.join(model, f"v3_rnnt_{name}.onnx"), options(onnxruntime, threads),
                                     providers=["CPUExecutionProvider"])
        for name in (f"encoder{suffix}", "decoder", "joint"))
    tokens = {number: token for token, number in read_vocabulary(model).items()}
    blank = max(tokens)

    def transcribe(recording):
        features = log_mel(read_wav(recording))
        encoded, count = encode.run(
            None, {"audio_signal": features, "length": numpy.array([features.shape[2]], numpy.int64)})
        states = [numpy.zeros((1, 1, 320), numpy.float32)] * 2
        step = lambda token: predict.run(None, {"x": [[token]], "h.1": states[0], "c.1": states[1]})
        prediction, *following = step(blank)
        text = []
        for frame in range(int(count[0])):
            for _ in range(MOST_TOKENS_PER_FRAME):
                scores = join.run(None, {"enc": encoded[:, :, frame:frame + 1], "dec": prediction.transpose(0, 2, 1)})
                token = int(scores[0].argmax())
                if token == blank:
                    break
                text.append(tokens[token])
                states = following
                prediction, *following = step(token)
        return "".join(text).strip()

    return transcribe, watch


def gigastt(model, _, encoder, folder):
    from gigastt_uniffi import Engine
    names = {"encoder_int8": "v3_rnnt_encoder_int8.onnx", "decoder": "v3_rnnt_decoder.onnx",
             "joint": "v3_rnnt_joint.onnx", "vocab": "v3_vocab.txt"}
    lines = ['architecture = "rnnt"', "[files]", 'encoder = "encoder.onnx"']
    # 2.22 checks the hashes of files with the published names, so that it is shown others; 2.3 knows no others.
    is_named = not importlib.metadata.version("gigastt").startswith("2.3.")
    for role, name in names.items():
        link = role + os.path.splitext(name)[1] if is_named else name
        os.symlink(os.path.join(os.path.abspath(model), name), os.path.join(folder, link))
        lines.append(f'{role} = "{link}"')
    if is_named:
        with open(os.path.join(folder, "manifest.toml"), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    engine = Engine.new_with_pool_size(folder, 1)
    return lambda recording: engine.transcribe_file(recording).text, None


# What makes it, its encoder, and what is imported before the clock of loading starts.
ENGINES = {"onnx-asr": (onnx_asr, "int8", ["onnxruntime", "onnx_asr"]),
           "onnx-asr-fp32": (onnx_asr, "fp32", ["onnxruntime", "onnx_asr"]),
           "runtime": (plain_runtime, "int8", ["onnxruntime", "frontend"]),
           "runtime-fp32": (plain_runtime, "fp32", ["onnxruntime", "frontend"]),
           "gigastt": (gigastt, "int8", ["gigastt_uniffi"])}


def peak_megabytes():
    """Of this program alone: the kernel's other figure may contain that of whoever started it."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return size / (1024 * 1024 if sys.platform == "darwin" else 1024)


def measure(transcribe, watch, recording):
    processor = time.process_time()
    start = time.perf_counter()
    if watch:
        watch.begin()
    text = transcribe(recording)
    end = time.perf_counter()
    return {"seconds": end - start, "processor_s": time.process_time() - processor, "peak_mb": peak_megabytes(),
            "text": text, "parts": watch.parts(end) if watch else None}


def main():
    name, model, threads = sys.argv[1:]
    # Engines say things on standard output; the answers need it alone.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(line):
        print(json.dumps(line, ensure_ascii=False), file=answers, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        try:
            make, encoder, modules = ENGINES[name]
            for module in modules:
                importlib.import_module(module)
            start = time.perf_counter()
            transcribe, watch = make(model, int(threads), encoder, folder)
            answer({"load_s": time.perf_counter() - start})
            for line in sys.stdin:
                answer(measure(transcribe, watch, line.rstrip("\n")))
        except Exception as problem:  # whatever it is belongs into the table
            answer({"error": f"{type(problem).__name__}: {problem}"})


if __name__ == "__main__":
    main()
