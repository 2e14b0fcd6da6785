import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// Everyday sentences and sentences with rare names, spoken by espeak-ng with several voices, rates and pitches, with and
/// without noise.
struct SpokenSentences {
    struct Clip {
        let samples: [Float]
        /// The words as a head without capitals writes them.
        let words: [String]
    }

    private static let everyday = [
        "завтра утром я поеду на работу на автобусе", "купи пожалуйста хлеб молоко и сыр",
        "какая погода будет в выходные",
        "перезвони мне когда освободишься", "собрание перенесли на следующую неделю", "где находится ближайшая аптека",
        "ребёнок уже спит говори тише", "я забыл выключить свет в коридоре", "этот фильм мне совсем не понравился",
        "врач принимает по вторникам и четвергам", "поезд отправляется с третьего пути",
        "положите документы на стол секретаря", "сколько стоит доставка до двери",
        "мы познакомились прошлым летом на море",
        "она долго смотрела в окно и молчала", "нужно проверить счётчик воды", "старый мост закрыли на ремонт",
        "в лесу пахло грибами и мокрой листвой", "учитель объяснил новую тему ещё раз",
        "деньги придут на карту в понедельник",
        "собака громко лаяла всю ночь", "я хочу заказать столик на двоих", "ключи лежат под ковриком у входа",
        "программа зависла и потеряла все данные", "брат учится в техническом университете",
        "завтрак подают с семи до десяти", "не забудь полить цветы на балконе", "дорога была скользкой после дождя",
        "мой телефон почти разрядился", "художник выставил свои картины в галерее", "самолёт задержали из за тумана",
        "рыбаки вернулись с хорошим уловом", "поставь будильник на половину седьмого", "у соседей сверху опять ремонт",
        "письмо дошло только через месяц", "спортсмен установил мировой рекорд", "в магазине закончился сахар",
        "мы решили пожениться осенью", "водитель резко нажал на тормоз", "бабушка испекла яблочный пирог",
    ]
    private static let voices = ["m1", "f2", "m3", "f4", "m7", "f1", "m5", "f3"]
    /// Noises, as a share of the level of speech: none, 20, 10 and 5 dB.
    private static let noises: [(kind: NoiseKind, share: Float)?] = [
        nil, (.white, 0.1), (.pink, 0.316), (.white, 0.562), (.hum, 0.316),
    ]

    /// The clips of every sentence for fitting, and of other sentences for testing.
    let fitting: [Clip]
    let testing: [Clip]

    /// - Parameter clipsPerSentence: Each with another voice, rate, pitch and noise.
    init(clipsPerSentence: Int, seed: UInt64 = 1) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gigastt-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let named = SpokenNames.names.enumerated().map { index, name in
            SpokenNames.sentences[index % SpokenNames.sentences.count].replacing("%", with: name)
        }
        var random = SeededNumbers(seed)
        var (fitting, testing) = ([Clip](), [Clip]())
        for (index, sentence) in (Self.everyday + named).enumerated() {
            for turn in 0..<clipsPerSentence {
                let url = folder.appendingPathComponent("clip.wav")
                try SpokenNames.speak(
                    sentence, voice: Self.voices[(index + 3 * turn) % Self.voices.count],
                    wordsPerMinute: random.value(in: 120...230), pitch: random.value(in: 20...80), into: url)
                var samples = try Talk.samples(of: url)
                if let noise = Self.noises[(index + turn) % Self.noises.count] {
                    let level = samples.level * noise.share
                    let values = noise.kind.samples(samples.count, voices: [samples], using: &random)
                    for (place, value) in values.enumerated() { samples[place] += value * level }
                }
                let words = SpokenNames.written(sentence).split(separator: " ").map(String.init)
                // No sentence is in both parts.
                if index.isMultiple(of: 2) {
                    fitting.append(Clip(samples: samples, words: words))
                } else {
                    testing.append(Clip(samples: samples, words: words))
                }
            }
        }
        (self.fitting, self.testing) = (fitting, testing)
    }
}
