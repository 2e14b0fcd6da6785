import STTRecognition
import STTValues
import Testing

/// Cases 24–34 of the gigastt 2.3 contract.
@Suite struct WordAssemblerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// Text, frame, confidence; an empty text is the blank.
        let tokens: [(text: String, frame: Int, confidence: Float)]
        var offset = 0
        let words: [(text: String, start: Double, end: Double, confidence: Float)]
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "two words",
            tokens: [("▁hel", 0, 0.9), ("lo", 1, 0.8), ("▁wor", 2, 0.95), ("ld", 3, 0.85)],
            words: [("hello", 0, 0.04, 0.85), ("world", 0.08, 0.12, 0.9)]),
        Case(name: "no tokens", tokens: [], words: []),
        Case(name: "offset", tokens: [("▁x", 0, 1)], offset: 10, words: [("x", 0.4, 0.4, 1)]),
        Case(name: "a late window", tokens: [("▁w", 0, 1)], offset: 550, words: [("w", 22, 22, 1)]),
        Case(name: "a bare ▁ at the end", tokens: [("▁real", 0, 0.7), ("▁", 1, 0.5)], words: [("real", 0, 0, 0.7)]),
        Case(
            name: "spaces as tokens",
            tokens: [("▁", 3, 0.1), ("д", 4, 1), ("а", 6, 0.5), ("▁", 9, 0.1), ("я", 12, 0.25)],
            words: [("да", 0.16, 0.24, 0.75), ("я", 0.48, 0.48, 0.25)]),
        Case(name: "no ▁ at all", tokens: [("а", 1, 1), ("б", 2, 1)], words: [("аб", 0.04, 0.08, 1)]),
        Case(name: "a blank in front", tokens: [("", 0, 0.3), ("▁а", 1, 1)], words: [("а", 0.04, 0.04, 1)]),
        Case(
            name: "the spoken alphabet",
            tokens: [
                ("▁", 0, 1), ("п", 1, 1), ("р", 2, 1), ("и", 3, 1), ("в", 4, 1), ("е", 5, 1), ("т", 6, 1), ("▁", 7, 1),
                ("м", 8, 1), ("и", 9, 1), ("р", 10, 1),
            ],
            words: [("привет", 0.04, 0.24, 1), ("мир", 0.32, 0.4, 1)]),
        Case(
            name: "spaces around", tokens: [("▁", 0, 1), ("а", 1, 1), ("б", 2, 1), ("▁", 3, 1)],
            words: [("аб", 0.04, 0.08, 1)]),
        Case(name: "many spaces", tokens: [("▁", 0, 1), ("▁", 1, 1), ("▁", 2, 1)], words: []),
        Case(
            name: "only the first ▁ is a mark", tokens: [("▁▁", 0, 1), ("а", 1, 1)],
            words: [("▁а", 0, 0.04, 1)]),
    ]

    @Test(arguments: cases) func tokensBecomeTimedWords(_ expected: Case) throws {
        let texts = Set(expected.tokens.map(\.text)).subtracting([""]).sorted()
        let file = (texts + ["<blk>"]).enumerated().map { "\($1) \($0)" }.joined(separator: "\n")
        let vocabulary = try #require(Vocabulary(text: file))
        let tokens = expected.tokens.map {
            DecodedToken(
                id: texts.firstIndex(of: $0.text) ?? vocabulary.blank, frame: $0.frame, confidence: $0.confidence)
        }
        let words = WordAssembler(vocabulary: vocabulary).words(tokens, offset: expected.offset)
        #expect(words.map(\.text) == expected.words.map(\.text))
        #expect(words.map(\.start) == expected.words.map(\.start))
        #expect(words.map(\.end) == expected.words.map(\.end))
        for (word, other) in zip(words, expected.words) { #expect(abs(word.confidence - other.confidence) < 1e-6) }
    }

    /// Times are one product in `Double`, so that they print as in gigastt.
    @Test(arguments: [(35, 1.4000000000000001), (41, 1.6400000000000001), (70, 2.8000000000000003)])
    func timesAreTheProductOfTheWholeFrameCount(frame: Int, seconds: Double) throws {
        let assembler = WordAssembler(vocabulary: try #require(Vocabulary(text: "▁а 0\n<blk> 1")))
        for offset in [0, 10, frame] {
            let words = assembler.words([DecodedToken(id: 0, frame: frame - offset, confidence: 1)], offset: offset)
            #expect(words.first?.start == seconds)
        }
    }
}
