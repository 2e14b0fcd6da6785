import GigaSTT
import TestSupport
import Testing

/// Phrases that are preferred by a head whose tokens are pieces of words, in either case of their letters.
@Suite struct SubwordHotwordTests {
    /// Words of the recordings, some of which the small model writes wrongly.
    private static let spoken = [
        "01": ["Включи", "свет", "кухне", "закрой", "шторы", "спальне"],
        "06": ["Какая", "завтра", "погода", "Новосибирске"],
        "07": ["Позвони", "бабушке", "скажи", "приедем", "субботу", "вечером"],
        "09": ["Сегодня", "утром", "гуляли", "парке", "видели", "белку"],
    ]

    private func text(_ name: String, _ hotwords: Hotwords?) async throws -> String {
        var options = SmallModel.plain
        options.hotwords = hotwords
        let samples = try Recordings.samples(Recordings.named(name))
        return try await SmallModel.shared(.e2eRNNT).transcribe(samples: samples, options: options).text
    }

    private func count(of words: [String], in text: String) -> Int {
        let found = Set(text.lowercased().split { !$0.isLetter }.map(String.init))
        return words.count { found.contains($0.lowercased()) }
    }

    @Test func spokenPhrasesAreHeardMoreOften() async throws {
        var (plain, preferred, total) = (0, 0, 0)
        for (name, words) in Self.spoken {
            plain += count(of: words, in: try await text(name, nil))
            let given = try await text(name, Hotwords(words))
            #expect(given == (try await text(name, Hotwords(words.map { $0.uppercased() }))))
            preferred += count(of: words, in: given)
            total += words.count
        }
        #expect(preferred > plain && preferred >= total - 1, "\(plain) and \(preferred) of \(total)")
    }

    @Test func phrasesThatAreNotSpokenChangeNothing() async throws {
        for name in Self.spoken.keys {
            let plain = try await text(name, nil)
            for hotwords in [Hotwords([]), ["Ксенофонтов", "Цискаридзе", "Салехард"], Hotwords(["шторы"], boost: 0)] {
                #expect(try await text(name, hotwords) == plain)
            }
        }
    }

    @Test func aLiveFinalIsTheTextOfTheFile() async throws {
        let samples = try Recordings.samples(Recordings.named("01"))
        var (live, file) = (LiveOptions(), TranscriptionOptions())
        (live.hotwords, file.hotwords) = (["шторы"], ["шторы"])
        let recognizer = try await SmallModel.shared(.e2eRNNT)
        let finals = try await recognizer.play(Blocking.random(4).blocks(samples), live).finals
        #expect(finals == (try await recognizer.transcribe(samples: samples, options: file).segments))
        #expect(finals.contains { $0.text.lowercased().contains("шторы") })
    }

    @Test func whatThePiecesCannotWriteIsReported() async throws {
        let recognizer = try await SmallModel.shared(.e2eRNNT)
        #expect(recognizer.unspellable(["Пётр", "ChatGPT", "Нью-Йорк", "дом 18"]) == ["ChatGPT"])
    }
}
