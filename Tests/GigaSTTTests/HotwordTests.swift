import Foundation
import GigaSTT
import TestSupport
import Testing

/// Phrases that are preferred, with the built-in model, which hears "чторы" for "шторы" in the first recording.
@Suite struct HotwordTests {
    private let item: Recordings.Item
    private let samples: [Float]

    init() throws {
        item = try Recordings.named("01")
        samples = try Recordings.samples(item)
        try #require(item.text.contains("шторы"))
    }

    private func text(_ recognizer: Recognizer, _ hotwords: Hotwords?) async throws -> String {
        var options = TranscriptionOptions()
        options.hotwords = hotwords
        return try await recognizer.transcribe(samples: samples, options: options).text
    }

    @Test func aPhraseIsWrittenAsItIsGiven() async throws {
        let recognizer = try await LiveModel.shared
        let plain = try await text(recognizer, nil)
        #expect(!plain.contains("шторы"))
        for phrase in ["шторы", "Закрой ШТОРЫ", "закрой шторы"] {
            let found = try await text(recognizer, [phrase])
            #expect(found.contains("закрой шторы в спальне"), "\(phrase)")
        }
        #expect(try await text(recognizer, []) == plain)
        #expect(try await text(recognizer, Hotwords(["шторы"], boost: 0)) == plain)
        #expect(try await text(recognizer, ["ChatGPT", "Ксенофонтов"]) == plain)
    }

    @Test func theOptionsOfARecordingReplaceThoseOfTheRecognizer() async throws {
        var configuration = RecognizerConfiguration()
        configuration.hotwords = ["шторы"]
        let recognizer = try await Recognizer(.demo, configuration: configuration)
        #expect(try await text(recognizer, nil).contains("шторы"))
        #expect(try await !text(recognizer, []).contains("шторы"))
        #expect(try await !text(recognizer, ["Ксенофонтов"]).contains("шторы"))
    }

    @Test(arguments: [Blocking.every(160), .every(1_600), .whole, .random(4)])
    func aLiveFinalIsTheTextOfTheFile(_ blocking: Blocking) async throws {
        let recognizer = try await LiveModel.shared
        var (live, file) = (LiveOptions(), TranscriptionOptions())
        (live.hotwords, file.hotwords) = (["шторы"], ["шторы"])
        let finals = try await recognizer.play(blocking.blocks(samples), live).finals
        #expect(finals == (try await recognizer.transcribe(samples: samples, options: file).segments))
        #expect(finals.contains { $0.text.contains("шторы") })
    }

    /// No name of the list is spoken in any of the recordings.
    @Test func whereNoPhraseIsSpokenNoTextChanges() async throws {
        let recognizer = try await LiveModel.shared
        var options = TranscriptionOptions()
        options.hotwords = Hotwords([
            "Ксенофонтов", "Цискаридзе", "Пржевальский", "Вернадский", "Салехард", "Нарьян-Мар", "Бондарчук", "Тутаев",
        ])
        for item in try Recordings.all() {
            let samples = try Recordings.samples(item)
            let plain = try await recognizer.transcribe(samples: samples)
            #expect(try await recognizer.transcribe(samples: samples, options: options) == plain, "\(item.file)")
        }
    }

    @Test func whatTheModelCannotWriteIsReported() async throws {
        let recognizer = try await LiveModel.shared
        let long = String(repeating: "а", count: Hotwords.lengthLimit + 1)
        #expect(recognizer.unspellable(["Пётр", "ChatGPT", "нью-йорк", long]) == ["ChatGPT", long])
    }

    @Test func tooManyPhrasesAreRefused() async throws {
        let recognizer = try await LiveModel.shared
        let many = Hotwords(Array(repeating: "шторы", count: Hotwords.countLimit + 1))
        await #expect(throws: GigaSTTError.self) { try await text(recognizer, many) }
        var live = LiveOptions()
        live.hotwords = many
        #expect(throws: GigaSTTError.self) { try recognizer.liveStream(options: live) }
    }
}

/// Files of phrases, as gigastt 2.3 reads them.
@Suite struct HotwordFileTests {
    private func read(_ bytes: [UInt8]) throws -> Hotwords {
        let folder = try TemporaryFolder()
        let file = folder.url.appendingPathComponent("names.txt")
        try Data(bytes).write(to: file)
        return try Hotwords(contentsOf: file)
    }

    @Test func linesArePhrasesWithWeights() throws {
        let text = "\u{FEFF}# names\r\n\r\n Нижний Новгород \r\nСбер\t2.5\nОзон\tmuch\n\tx\n#\nТвич\tnan\rОкко\t-1"
        let hotwords = try read(Array(text.utf8))
        #expect(hotwords.phrases.map(\.text) == ["Нижний Новгород", "Сбер", "Озон", "Твич", "Окко"])
        #expect(hotwords.phrases.map(\.weight) == [1, 2.5, 1, 1, -1])
        #expect(hotwords.boost == Hotwords.defaultBoost)
        #expect(try read([]).phrases.isEmpty)
    }

    private func reason(_ bytes: [UInt8]) -> String {
        do { return "\(try read(bytes).phrases.count) phrases" } catch { return "\(error)" }
    }

    @Test func filesThatCannotBeUsedSayWhy() throws {
        // "Сбер" in code page 1251, and in UTF-16.
        #expect(reason([0xD1, 0xE1, 0xE5, 0xF0, 0x0A]).contains("is not UTF-8"))
        #expect(reason([0xFF, 0xFE, 0x21, 0x04, 0x31, 0x04]).contains("is not UTF-8"))
        #expect(reason([0x61, 0x00, 0xFF]).contains("is not UTF-8"))
        #expect(throws: GigaSTTError.self) { try Hotwords(contentsOf: URL(fileURLWithPath: "/nowhere/names.txt")) }
    }

    @Test func tooManyLinesAreRefused() throws {
        let line = Array("имя\n".utf8)
        func lines(_ count: Int) -> [UInt8] { Array(repeatElement(line, count: count).joined()) }
        #expect(reason(lines(Hotwords.countLimit)) == "\(Hotwords.countLimit) phrases")
        #expect(reason(lines(Hotwords.countLimit + 1)).contains("more than 50000 phrases"))
        #expect(reason(lines(1_000_000)).contains("more than 50000 phrases"))
        #expect(reason(lines(1_300_000)).contains("larger than 8 MiB"))
    }

    @Test func theCommonNamesAreThoseOfGigastt() {
        let names = Hotwords.commonNames.phrases
        #expect(names.count == 30 && Set(names.map(\.text)).count == 30)
        #expect(names.allSatisfy { $0.weight == 1 && $0.text == $0.text.lowercased() })
    }
}
