"""A test set of Debian's `asterisk-core-sounds-ru-wav`: telephone prompts of one woman, whose words follow from their names.

usage: prompts.py PACKAGE_ROOT OUT [CODEC]

She is never trained on. CODEC is `gsm`, `g722` or `g711`: the recordings as they come out of that codec. Needs ffmpeg.
"""
import json, os, subprocess, sys, wave

VOICE = "usr/share/asterisk/sounds/ru_RU_f_IvrvoiceRU"
ONES = "ноль один два три четыре пять шесть семь восемь девять".split()
TEENS = ("десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать "
         "девятнадцать").split()
TENS = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто".split()
DAYS = "воскресенье понедельник вторник среда четверг пятница суббота".split()
MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
ORDINALS = ("первый второй третий четвертый пятый шестой седьмой восьмой девятый десятый одиннадцатый двенадцатый "
            "тринадцатый четырнадцатый пятнадцатый шестнадцатый семнадцатый восемнадцатый девятнадцатый").split()
TENTHS = "двадцатый тридцатый сороковой пятидесятый шестидесятый семидесятый восьмидесятый девяностый сотый".split()
OTHERS = {"digits/hundred": "сто", "digits/thousand": "тысяча", "digits/million": "миллион", "digits/billion": "миллиард",
          "digits/minus": "минус", "digits/today": "сегодня", "digits/tomorrow": "завтра", "digits/yesterday": "вчера",
          "digits/a-m": "до полудня", "digits/p-m": "после полудня", "digits/oclock": "часов", "hours": "часов",
          "minutes": "минут", "seconds": "секунд", "digits/dollars": "долларов", "digits/star": "звездочка",
          "letters/plus": "плюс", "letters/dot": "точка", "letters/dollar": "доллар", "letters/f": "эф",
          "letters/l": "эль", "letters/m": "эм", "letters/n": "эн", "letters/s": "эс", "letters/x": "икс"}
CODECS = {"gsm": ["-c:a", "libgsm", "-f", "gsm"], "g722": ["-ar", "16000", "-c:a", "g722", "-f", "g722"],
          "g711": ["-c:a", "pcm_alaw", "-f", "wav"]}


def prompts():
    """name and text of each"""
    yield from ((f"digits/{n}", text) for n, text in enumerate(ONES + TEENS))
    yield from ((f"digits/{10 * n}", text) for n, text in enumerate(TENS, 2))
    yield from ((f"digits/day-{n}", text) for n, text in enumerate(DAYS))
    yield from ((f"digits/mon-{n}", text) for n, text in enumerate(MONTHS))
    yield from ((f"digits/h-{n}", text) for n, text in enumerate(ORDINALS, 1))
    yield from ((f"digits/h-{10 * n}" if n < 10 else "digits/h-hundred", text) for n, text in enumerate(TENTHS, 2))
    yield from OTHERS.items()


def convert(source, target, codec):
    command = ["ffmpeg", "-v", "error", "-y"]
    if codec:
        coded = subprocess.run([*command, "-i", source, *CODECS[codec], "-"], check=True, capture_output=True).stdout
        form = {"gsm": ["-f", "gsm"], "g722": ["-f", "g722"]}.get(codec, [])
        subprocess.run([*command, *form, "-i", "-", "-ar", "16000", target], check=True, input=coded)
    else:
        subprocess.run([*command, "-i", source, "-ar", "16000", target], check=True)


def main():
    root, out, codec = (*sys.argv[1:], None)[:3]
    os.makedirs(out, exist_ok=True)
    items = []
    for name, text in prompts():
        file = name.replace("/", "-") + ".wav"
        convert(os.path.join(root, VOICE, f"{name}.wav"), os.path.join(out, file), codec)
        with wave.open(os.path.join(out, file)) as w:
            items.append({"file": file, "duration_s": round(w.getnframes() / 16000, 3), "text": text, "voice": "woman"})
    with open(os.path.join(out, "manifest.json"), "w", encoding="utf-8") as f:
        json.dump({"sample_rate": 16000, "voice": "asterisk-core-sounds-ru", "items": items}, f, ensure_ascii=False, indent=1)
    print(f"{len(items)} prompts")


if __name__ == "__main__":
    main()
