"""More texts for the fourth stage: running text of campaigns, and single words.

usage: texts_more.py --mo GLOB --dic DICTIONARY --known FILE… --out FOLDER

Writes campaigns.tsv and words.tsv in the format of `texts.py`. A text whose label stands in a FILE (a list of `texts.py`,
or the manifest of a test set) is left out.
"""
import argparse, json, os, random
import texts


def known_labels(files):
    labels = set()
    for name in files:
        with open(name, encoding="utf-8") as f:
            if name.endswith(".json"):
                labels |= {texts.label_of(item["text"]) for item in json.load(f)["items"]}
            else:
                labels |= {line.rstrip("\n").split("\t")[2] for line in f}
    return labels


def single_words(dic, rng, count):
    """numbers, ordinals, days, months, letters' names are a third; the rest are words of the dictionary, one or two"""
    common = (texts.DIGITS + texts.TEENS + texts.TENS[2:] + texts.HUNDREDS[1:] + texts.WEEKDAYS + texts.MONTHS
              + [w + e for w in texts.ORD1[1:3] + texts.ORD1[4:6] + texts.ORD_TEENS for e in ("ый", "ая", "ого")]
              + "тысяча тысяч миллион миллионов миллиард минут минуты секунд секунды часов часа рублей долларов сегодня "
                "завтра вчера сейчас утра вечера полудня полуночи минус плюс точка звездочка решетка да нет".split())
    lexicon = [w for w in texts.lexicon(dic) if not texts.is_held(w.replace("ё", "е"), 50)]
    for _ in range(count):
        if rng.random() < 1 / 3:
            yield " ".join(rng.choices([w for w in common if w], k=rng.choice([1, 1, 1, 2])))
        else:
            yield " ".join(rng.sample(lexicon, rng.choice([1, 1, 2])))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--mo", required=True)
    ap.add_argument("--dic", required=True)
    ap.add_argument("--known", nargs="+", required=True)
    ap.add_argument("--words", type=int, default=4000)
    ap.add_argument("--out", required=True)
    a = ap.parse_args()
    rng, known = random.Random(4), known_labels(a.known)
    campaigns = [(s, texts.label_of(s)) for s in texts.running_text("", a.mo)]
    campaigns = [("text", s, label) for s, label in campaigns if label not in known]
    rng.shuffle(campaigns)
    words = [("word", s, texts.label_of(s)) for s in single_words(a.dic, rng, a.words)]
    for name, rows in (("campaigns", campaigns), ("words", words)):
        with open(os.path.join(a.out, name + ".tsv"), "w", encoding="utf-8") as f:
            f.writelines("\t".join(r) + "\n" for r in rows)
        print(name, len(rows), "words", sum(len(r[2].split()) for r in rows))


if __name__ == "__main__":
    main()
