import ArgumentParser
import Foundation

/// Sentences with rare names, spoken by espeak-ng. None of the names is in the texts that the built-in model was trained
/// with.
struct SpokenNames {
    struct Clip {
        let url: URL
        /// As a head without capitals writes it.
        let text: String
        let name: String
    }

    static let names = [
        "Ксенофонтов", "Ягудаева", "Бондарчук", "Шишкарёва", "Голенищев", "Жиглов", "Вышеславцев", "Кржижановский",
        "Цискаридзе", "Пржевальский", "Твардовский", "Шевкунов", "Фейгина", "Мкртчян", "Гурджиев", "Хачатурян",
        "Джугашвили", "Чиковани", "Лордкипанидзе", "Сухомлинов", "Щедровицкий", "Юшкевич", "Эфендиев", "Аджубей",
        "Бехтерев", "Вернадский", "Грибоедов", "Дзержинск", "Ессентуки", "Железноводск", "Зеленогорск", "Изборск",
        "Йошкар-Ола", "Кыштым", "Лабытнанги", "Мончегорск", "Нарьян-Мар", "Оймякон", "Печенга", "Райчихинск",
        "Салехард", "Тутаев", "Хибины", "Цимлянск", "Черняховск", "Шлиссельбург", "Щучинск", "Элиста", "Юрюзань",
        "Ялуторовск", "Гигачат", "Сбермегамаркет", "Вайлдберриз", "Яндекс", "Тинькофф", "Россельхозбанк", "Кинопоиск",
        "Фольксваген", "Нижний Тагил", "Великие Луки",
    ]
    static let sentences = [
        "позвони %", "где находится %", "передай это % завтра утром", "сегодня приедет %", "я давно знаю что такое %",
        "скажи мне пожалуйста кто такой %", "% ждёт нас вечером", "мы говорили про % весь день",
        "открой карту % и покажи дорогу", "напиши письмо % сейчас",
    ]
    private static let voices = ["m1", "m3", "f2", "f4", "m7", "f1", "m5", "f3"]

    let clips: [Clip]
    private let folder: URL

    /// Lets espeak-ng speak every name in so many sentences, each time with another voice, into a temporary folder.
    init(clipsPerName: Int) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("gigastt-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var clips: [Clip] = []
        for (index, name) in Self.names.enumerated() {
            for turn in 0..<clipsPerName {
                // Prime steps: every name meets other sentences, voices and speeds.
                let number = index * 7 + turn * 3
                let sentence = Self.sentences[number % Self.sentences.count].replacing("%", with: name)
                let url = folder.appendingPathComponent("\(clips.count).wav")
                try Self.speak(
                    sentence, voice: Self.voices[(index + turn * 5) % Self.voices.count],
                    wordsPerMinute: 140 + number * 11 % 46, pitch: 30 + number * 13 % 41, into: url)
                clips.append(Clip(url: url, text: Self.written(sentence), name: Self.written(name)))
            }
        }
        self.clips = clips
    }

    /// Deletes the clips.
    func remove() { try? FileManager.default.removeItem(at: folder) }

    static func written(_ text: String) -> String {
        text.lowercased().replacing("ё", with: "е").replacing("-", with: " ")
    }

    static func speak(
        _ text: String, voice: String, wordsPerMinute: Int, pitch: Int, into url: URL
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "espeak-ng", "-v", "ru+\(voice)", "-s", "\(wordsPerMinute)", "-p", "\(pitch)", "-w", url.path, text,
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ValidationError("espeak-ng cannot be run; install it")
        }
    }
}

/// A list of recordings: `[{"file": …}]`, or that as `items`.
enum RecordingManifest {
    private struct Item: Decodable { let file: String }
    private struct List: Decodable { let items: [Item] }

    static func files(_ manifest: String) throws -> [URL] {
        let url = URL(fileURLWithPath: manifest)
        let data = try Data(contentsOf: url)
        let decoder = JSONDecoder()
        let items = try (try? decoder.decode(List.self, from: data).items) ?? decoder.decode([Item].self, from: data)
        return items.map { url.deletingLastPathComponent().appendingPathComponent($0.file) }
    }
}
