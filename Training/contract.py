"""Check that exported files have the tensor names, types and shapes that the engine and onnx-asr expect."""
import os, sys
import onnxruntime as rt

F, I, N = "tensor(float)", "tensor(int64)", "tensor(int32)"
ANY = None                                   # a dynamic dimension
CONTRACT = {
    "encoder": ({"audio_signal": (F, [ANY, 64, ANY]), "length": (I, [ANY])},
                {"encoded": (F, [ANY, 768, ANY]), "encoded_len": (N, [ANY])}),
    "decoder": ({"x": (I, [ANY, 1]), "h.1": (F, [1, ANY, 320]), "c.1": (F, [1, ANY, 320])},
                {"dec": (F, [ANY, 1, 320]), "h": (F, [1, ANY, 320]), "c": (F, [1, ANY, 320])}),
    "joint": ({"enc": (F, [ANY, 768, 1]), "dec": (F, [ANY, 320, 1])}, {"joint": (F, [ANY, 1, 1, 34])}),
}


def described(arguments):
    return {a.name: (a.type, [d if isinstance(d, int) else ANY for d in a.shape]) for a in arguments}


def main():
    wrong = 0
    for role, (inputs, outputs) in CONTRACT.items():
        for suffix in ("", "_int8"):
            name = f"v3_rnnt_{role}{suffix}.onnx"
            path = os.path.join(sys.argv[1], name)
            if suffix and not os.path.exists(path):
                continue
            s = rt.InferenceSession(path, providers=["CPUExecutionProvider"])
            found = described(s.get_inputs()), described(s.get_outputs())
            same = found == (inputs, outputs)
            print(f"{'ok   ' if same else 'WRONG'} {name}" + ("" if same else f"\n  found    {found}\n  expected {(inputs, outputs)}"))
            wrong += not same
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
