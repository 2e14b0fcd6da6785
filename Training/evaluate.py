"""Word / character error rates of a model directory on test sets.

--engine onnx-asr            onnx-asr, `gigaam-v3-rnnt` loader (fp32)
--engine onnx-asr-int8       the same with the int8 files of all three networks
--engine gigastt             this project's program                    (--program PATH)
"""
import argparse, collections, json, os, random, re, subprocess, time


def edit(a, b):
    d = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        p, d[0] = d[0], i
        for j, y in enumerate(b, 1):
            p, d[j] = d[j], min(d[j] + 1, d[j - 1] + 1, p + (x != y))
    return d[-1]


def clean(t):
    return re.sub(r"[^а-я ]+", " ", t.lower().replace("ё", "е")).split()


def interval(counts, draws=2000):
    """95 % interval of the error rate in per cent over recordings drawn with replacement (bootstrap)"""
    rng, rates = random.Random(1), []
    for _ in range(draws):
        drawn = rng.choices(counts, k=len(counts))
        rates.append(100 * sum(e for e, _ in drawn) / max(1, sum(n for _, n in drawn)))
    rates.sort()
    return rates[int(.025 * draws)], rates[int(.975 * draws)]


def make_engine(name, model, program):
    if name.startswith("onnx-asr"):
        import onnx_asr, onnxruntime as rt
        so = rt.SessionOptions()
        so.intra_op_num_threads = 1
        m = onnx_asr.load_model("gigaam-v3-rnnt", model, quantization="int8" if name.endswith("int8") else None, sess_options=so)
        return lambda p: m.recognize(p)
    command = [program, "transcribe", "--format", "json", "--model-dir", model]

    def run(p):
        out = subprocess.run([*command, p], check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL).stdout
        return " ".join(w["word"] for w in json.loads(out)["words"])
    return run


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("model"); ap.add_argument("sets", nargs="+")
    ap.add_argument("--engine", default="onnx-asr"); ap.add_argument("--program", default="gigastt"); ap.add_argument("--by", default="")
    ap.add_argument("--show", type=int, default=0); ap.add_argument("--json"); ap.add_argument("--limit", type=int, default=10**9)
    a = ap.parse_args()
    f = make_engine(a.engine, a.model, a.program)
    res = {}
    for d in a.sets:
        man = json.load(open(os.path.join(d, "manifest.json"), encoding="utf-8"))["items"][:a.limit]
        tot, groups, t0, dur = [0, 0, 0, 0], collections.defaultdict(lambda: [0, 0, 0, 0]), time.time(), 0
        hyps, counts = {}, []
        for k, it in enumerate(man):
            hyp = clean(f(os.path.join(d, it["file"])))
            ref = clean(it["text"])
            hyps[it["file"]] = " ".join(hyp)
            v = (edit(ref, hyp), len(ref), edit(" ".join(ref), " ".join(hyp)), len(" ".join(ref)))
            counts.append(v[:2])
            for acc in (tot, *([groups[it.get(a.by)]] if a.by else [])):
                for i in range(4):
                    acc[i] += v[i]
            dur += it["duration_s"]
            if k < a.show:
                print(f"   {it['file']} [{it.get('voice')}] {' '.join(ref)}\n      -> {' '.join(hyp)}")
        name = os.path.basename(os.path.normpath(d))
        low, high = interval(counts)
        print(f"{a.engine:16} {name:12} WER {100 * tot[0] / tot[1]:5.1f} % ({low:.1f}–{high:.1f})  CER {100 * tot[2] / tot[3]:5.1f} %  ({tot[1]} words, {dur / 60:.1f} min, "
              f"{dur / (time.time() - t0):.0f}x real time)", flush=True)
        for g in sorted(groups, key=str):
            v = groups[g]
            print(f"      {g:14} WER {100 * v[0] / v[1]:5.1f} %  CER {100 * v[2] / v[3]:5.1f} %  ({v[1]} words)")
        res[name] = {"wer": tot[0] / tot[1], "cer": tot[2] / tot[3], "hyps": hyps}
    if a.json:
        json.dump(res, open(a.json, "w", encoding="utf-8"), ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
