"""Shards of Debian's `festvox-ru`: one man reading a novel, 620 recordings with their texts.

usage: human.py PACKAGE_ROOT TRAIN_FOLDER TEST_SET_FOLDER

Recordings whose number is divisible by 5 are the test set, WAV files and a manifest as `sets.py` writes them. The
others go to TRAIN_FOLDER as a shard (`shard.py`), with the kind `human`, which `train.py` varies more than the
synthetic voices.
"""
import json, os, re, sys, wave
import numpy as np
from shard import ShardWriter

VOICE = "usr/share/festival/voices/russian/msu_ru_nsh_clunits"


def label(text):
    """what the recogniser must write: `+` marks stress, hyphens separate words"""
    text = text.replace("+", "").lower().replace("ё", "е").replace("-", " ")
    return " ".join(re.sub(r"[^а-я ]", " ", text).split())


def recordings(root):
    """number, label and int16 samples at 16 kHz of every recording"""
    folder = os.path.join(root, VOICE)
    for line in open(os.path.join(folder, "etc/txt.done.data"), encoding="utf-8"):
        found = re.match(r'\(\s*ru_(\d+)\s+"(.*)"', line)
        with wave.open(os.path.join(folder, f"wav/ru_{found[1]}.wav")) as w:
            assert (w.getframerate(), w.getnchannels(), w.getsampwidth()) == (16000, 1, 2)
            yield int(found[1]), label(found[2]), np.frombuffer(w.readframes(w.getnframes()), "<i2")


def main():
    root, train, test = sys.argv[1:]
    os.makedirs(test, exist_ok=True)
    items = []
    with ShardWriter(train, "human") as shard:
        for number, text, x in recordings(root):
            if number % 5 == 0:
                name = f"ru_{number:04d}.wav"
                with wave.open(os.path.join(test, name), "wb") as w:
                    w.setnchannels(1), w.setsampwidth(2), w.setframerate(16000)
                    w.writeframes(x.tobytes())
                items.append({"file": name, "duration_s": round(len(x) / 16000, 3), "text": text, "voice": "man"})
            else:
                shard.add(x, "man", "human", text)
    with open(os.path.join(test, "manifest.json"), "w", encoding="utf-8") as f:
        json.dump({"sample_rate": 16000, "voice": "festvox-ru", "items": items}, f, ensure_ascii=False, indent=1)
    print(f"{60 * shard.hours:.1f} min to train on, {len(items)} recordings to test with")


if __name__ == "__main__":
    main()
