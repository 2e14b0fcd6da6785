import STTValues
import TestSupport
import Testing

@testable import STTRecognition

/// Contract cases 65–72.
@Suite struct PhraseSpellingTests {
    private static func vocabulary(_ tokens: [String]) throws -> PhraseSpelling {
        let lines = (tokens + ["<blk>"]).enumerated().map { "\($1) \($0)" }
        return PhraseSpelling(try #require(Vocabulary(text: lines.joined(separator: "\n"))))
    }

    private static let letters = ["▁"] + "абвгдежзийклмнопрстуфхцчшщъыьэюя".map(String.init)
    private static let pieces = ["<unk>", "▁", "▁Сб", "ер", "а", "б", "А", "▁а", "ё", "-", "z"]

    struct Case: Sendable, CustomTestStringConvertible {
        let phrase: String
        var pieces = false
        let spelled: String?
        var testDescription: String { phrase }
    }

    static let cases = [
        Case(phrase: "Гигаэм", spelled: "▁гигаэм"),
        Case(phrase: "Пётр", spelled: "▁петр"),
        Case(phrase: "Пе\u{308}тр", spelled: "▁петр"),
        Case(phrase: "йогурт", spelled: "▁йогурт"),
        Case(phrase: "и\u{306}огурт", spelled: "▁йогурт"),
        Case(phrase: " Нижний\t Новгород ", spelled: "▁нижний▁новгород"),
        Case(phrase: "Нью-Йорк", spelled: "▁нью▁йорк"),
        Case(phrase: "ВК", spelled: "▁вк▁"),
        Case(phrase: "во г", spelled: "▁во▁г▁"),
        Case(phrase: "ChatGPT", spelled: nil),
        Case(phrase: "аz", spelled: nil),
        Case(phrase: "дом 5", spelled: nil),
        Case(phrase: "Санкт–Петербург", spelled: nil),
        Case(phrase: "🎉", spelled: nil),
        Case(phrase: "", spelled: nil),
        Case(phrase: " \u{2581} ", spelled: nil),
        Case(phrase: String(repeating: "а", count: 65), spelled: nil),
        Case(phrase: String(repeating: "а", count: 64), spelled: "▁" + String(repeating: "а", count: 64)),
        // Pieces: every way to write it counts, and the case of the pieces does not.
        Case(phrase: "сбераб", pieces: true, spelled: "▁сбераб"),
        Case(phrase: "СБЕР", pieces: true, spelled: "▁сбер"),
        Case(phrase: "а-Ёба", pieces: true, spelled: "▁а-еба"),
        Case(phrase: "сер", pieces: true, spelled: nil),
        Case(phrase: "абz", pieces: true, spelled: "▁абz▁"),
    ]

    @Test(arguments: cases) func aPhraseIsSpelled(_ expected: Case) throws {
        let spelling = try Self.vocabulary(expected.pieces ? Self.pieces : Self.letters)
        #expect(spelling.spell(expected.phrase) == expected.spelled?.unicodeScalars.map(\.value))
    }

    @Test func whatCannotBeSpelledIsReported() throws {
        let spelling = try Self.vocabulary(Self.letters)
        let (bias, unspellable) = spelling.bias(["аб", "ChatGPT", "аz"])
        #expect(bias != nil && unspellable == ["ChatGPT", "аz"])
        #expect(spelling.bias(["ChatGPT"]).bias == nil)
        #expect(spelling.bias(Hotwords(["аб"], boost: 0)).bias == nil)
    }

    @Test func aWeightMultipliesTheBoost() throws {
        var hotwords: Hotwords = ["аббат", "город", "вечер"]
        hotwords.boost = 4
        hotwords.phrases[1].weight = 0.5
        hotwords.phrases[2].weight = 0
        let bias = try #require(try Self.vocabulary(Self.letters).bias(hotwords).bias)
        for (word, boost) in [("аббат", Float(4)), ("город", 2), ("вечер", 0)] {
            var trace = BiasTrace(bias)
            for letter in word { trace.advance(by: Self.letters.firstIndex(of: String(letter)) ?? 0) }
            #expect(trace.earned == boost)
        }
    }

    /// The size that the automaton is meant for, with phrases as different as they can be.
    @Test func twentyThousandPhrasesAreSpelled() throws {
        var random = SeededRandom(3)
        let words = (0..<20_000).map { _ in
            String((0..<12).map { _ in Self.letters[random.within(1...32)].first ?? "а" })
        }
        let bias = try #require(try Self.vocabulary(Self.letters).bias(Hotwords(words)).bias)
        for word in words.prefix(50) {
            var trace = BiasTrace(bias)
            for letter in word { trace.advance(by: Self.letters.firstIndex(of: String(letter)) ?? 0) }
            #expect(trace.earned >= Hotwords.defaultBoost)
        }
    }
}
