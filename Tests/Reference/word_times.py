#!/usr/bin/env python3
"""Speaks Russian sentences with espeak-ng and writes when each word begins and ends, by the synthesiser's own events.

    word_times.py FOLDER      writes NN.wav (16 kHz, mono, 16 bits) and manifest.json

The manifest is the reference of `gigastt-bench word-times`. A word begins at its first phoneme and ends where the first
phoneme of the next word, or a pause, begins. Needs libespeak-ng.so.1 and nothing else.
"""
import array
import ctypes
import json
import math
import pathlib
import sys
import wave

SENTENCES = """
поезд до города отправляется с третьего пути
купи, пожалуйста, молоко и свежий хлеб по дороге домой
сегодня вечером мы идём в театр смотреть новую пьесу
мама сварила суп и позвала детей к столу
собака лежала у двери и ждала хозяина
завтра утром в лесу будет холодно и сыро
он открыл окно и посмотрел на тихую улицу
мы долго говорили о книге которую ты мне дал
учитель написал на доске короткое предложение
по радио передали старую весёлую песню
она взяла сумку и пошла на работу
река течёт мимо деревни к большому озеру
дети играли во дворе до самого вечера
врач сказал, что нужно больше гулять и меньше сидеть
самолёт приземлился вовремя несмотря на туман
позвони мне, когда приедешь на вокзал
в этом магазине продают красивые часы
дедушка рассказал внуку длинную сказку о море
я не знаю, где лежат ключи от машины
снег падал всю ночь, и засыпал дорогу
налей мне ещё чашку горячего чая
кошка спит на тёплом подоконнике у окна
мы поставили палатку на берегу реки
на площади стоит памятник великому поэту
сосед попросил у меня лестницу и молоток
билеты на концерт закончились ещё в среду
осенью листья на деревьях становятся жёлтыми
он быстро бежал, но опоздал на автобус
положи тетрадь в ящик и закрой его
весной в саду цветут яблони и вишни
""".split("\n")[1:-1]
VOICES = [("ru", 150, 45), ("ru+m3", 165, 50), ("ru+f2", 160, 55), ("ru+m7", 140, 40), ("ru+f4", 175, 50)]

# Seconds of silence around each sentence.
BEFORE, AFTER = 0.4, 0.6
SYNCHRONOUS, PHONEME_EVENTS = 2, 1
TERMINATED, WORD, END, PHONEME = 0, 1, 5, 7
UTF8 = 1
RATE, VOLUME, RANGE_PITCH = 1, 2, 3


class Identifier(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", Identifier)]


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


class Synthesiser:
    """One process-wide synthesiser: its library has one state."""

    def __init__(self):
        self.library = ctypes.CDLL("libespeak-ng.so.1")
        self.sample_rate = self.library.espeak_Initialize(SYNCHRONOUS, 0, None, PHONEME_EVENTS)
        if self.sample_rate <= 0:
            sys.exit("espeak-ng cannot be initialised: is espeak-ng-data installed?")
        self.callback = CALLBACK(self.receive)
        self.library.espeak_SetSynthCallback(self.callback)

    def receive(self, samples, count, events):
        if samples and count > 0:
            self.samples.extend(samples[:count])
        index = 0
        while events[index].type != TERMINATED:
            event = events[index]
            name = event.id.string.decode("utf-8", "replace") if event.type == PHONEME else ""
            self.events.append((event.type, event.sample / self.sample_rate, name, event.id.number))
            index += 1
        return 0

    def speak(self, text, voice, rate, pitch):
        self.samples, self.events = array.array("h"), []
        self.library.espeak_SetVoiceByName(voice.encode())
        self.library.espeak_SetParameter(RATE, rate, 0)
        self.library.espeak_SetParameter(RANGE_PITCH, pitch, 0)
        data = text.encode()
        self.library.espeak_Synth(data, len(data) + 1, 0, 1, 0, UTF8, None, None)
        self.library.espeak_Synchronize()
        return self.samples, self.events


def word_times(text, events):
    """Start and end of each word; `None` when the events are not one for each word."""
    words = text.replace(",", "").split()
    starts = [time for kind, time, _, _ in events if kind == WORD]
    if len(starts) != len(words):
        return None
    phonemes = [(time, name) for kind, time, name, _ in events if kind == PHONEME]
    last = [time for kind, time, _, _ in events if kind == END]
    result = []
    for index, word in enumerate(words):
        end = starts[index + 1] if index + 1 < len(words) else (last or [phonemes[-1][0]])[-1]
        # A pause phoneme is written `_`, `_:` or `_|`, the end of the clause as an empty name.
        spoken = [time for time, name in phonemes if starts[index] <= time < end and name.strip(" \0")[:1] not in ("_", "")]
        pauses = [time for time, name in phonemes
                  if spoken and spoken[-1] < time <= end and name.strip(" \0")[:1] in ("_", "")]
        result.append({"text": word, "start": round(BEFORE + starts[index], 4),
                       "end": round(BEFORE + min([end] + pauses), 4)})
    return result


def resampled(samples, rate):
    """To 16 kHz by a windowed sinc of 32 zero crossings."""
    ratio = rate / 16_000
    taps, output = 32, array.array("h")
    cutoff = min(1.0, 1 / ratio)
    for index in range(int(len(samples) / ratio)):
        centre = index * ratio
        first = int(centre) - taps + 1
        total = 0.0
        for place in range(max(first, 0), min(first + 2 * taps, len(samples))):
            x = place - centre
            window = 0.5 + 0.5 * math.cos(math.pi * x / taps)
            total += samples[place] * window * cutoff * (math.sin(math.pi * x * cutoff) / (math.pi * x * cutoff) if x else 1)
        output.append(max(-32_768, min(32_767, round(total))))
    return output


def silence(seconds):
    return array.array("h", bytes(2 * round(seconds * 16_000)))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    synthesiser, items = Synthesiser(), []
    for index, text in enumerate(SENTENCES):
        voice, rate, pitch = VOICES[index % len(VOICES)]
        samples, events = synthesiser.speak(text, voice, rate, pitch)
        words = word_times(text, events)
        if words is None:
            continue  # espeak-ng speaks two words as one here: no word events to compare with
        name = f"{index + 1:02}.wav"
        with wave.open(str(folder / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            for part in (silence(BEFORE), resampled(samples, synthesiser.sample_rate), silence(AFTER)):
                file.writeframes(part.tobytes())
        items.append({"file": name, "text": text.replace(",", ""), "words": words})
    (folder / "manifest.json").write_text(json.dumps({"items": items}, ensure_ascii=False, indent=1))
    print(f"{len(items)} of {len(SENTENCES)} sentences, {sum(len(item['words']) for item in items)} words")


main()
