import STTRecognition
import STTValues
import Testing

@Suite struct PartialStabilizerTests {
    /// One decode: words of half a second each, from second `start` on, separated by spaces.
    struct Decode: Sendable {
        let text: String
        var start = 0.0
        /// Before this second a word is complete.
        var edge = 100.0

        var words: [Word] {
            text.split(separator: " ").enumerated().map { index, text in
                Word(String(text), start + Double(index) / 2, start + Double(index) / 2 + 0.4)
            }
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let decodes: [Decode]
        /// Stable words, a bar, and the others, after each decode.
        let shown: [String]
    }

    static let cases = [
        Case(
            testDescription: "one decode settles nothing",
            decodes: [Decode(text: "a b")], shown: ["|a b"]),
        Case(
            testDescription: "two that agree settle their common beginning",
            decodes: [Decode(text: "a b c"), Decode(text: "a b d")], shown: ["|a b c", "a b|d"]),
        Case(
            testDescription: "agreement behind a difference does not count",
            decodes: [Decode(text: "a b c"), Decode(text: "x b c")], shown: ["|a b c", "|x b c"]),
        Case(
            testDescription: "a word at the edge of the audio is not settled",
            decodes: [Decode(text: "a b"), Decode(text: "a b", edge: 0.8)], shown: ["|a b", "a|b"]),
        Case(
            testDescription: "agreement must be of decodes in a row",
            decodes: [Decode(text: "a"), Decode(text: "x"), Decode(text: "a")], shown: ["|a", "|x", "|a"]),
        Case(
            testDescription: "what is settled stays when a later decode hears another word",
            decodes: [Decode(text: "a b"), Decode(text: "a b"), Decode(text: "a x c"), Decode(text: "a x c")],
            shown: ["|a b", "a b|", "a b|c", "a b c|"]),
        Case(
            testDescription: "a decode that hears a word less loses no new word",
            decodes: [Decode(text: "a b"), Decode(text: "a b"), Decode(text: "ab c", start: 0.5)],
            shown: ["|a b", "a b|", "a b|c"]),
        Case(
            testDescription: "a decode that hears a word more doubles none",
            decodes: [Decode(text: "a b", start: 0.5), Decode(text: "a b", start: 0.5), Decode(text: "x a b c")],
            shown: ["|a b", "a b|", "a b|c"]),
        Case(
            testDescription: "an empty decode leaves what is settled",
            decodes: [Decode(text: "a b"), Decode(text: "a c"), Decode(text: "")], shown: ["|a b", "a|c", "a|"]),
        Case(
            testDescription: "the same word twice is two words",
            decodes: [Decode(text: "a a"), Decode(text: "a a"), Decode(text: "a a a")],
            shown: ["|a a", "a a|", "a a|a"]),
    ]

    @Test(arguments: cases) func wordsSettleByAgreement(_ example: Case) {
        var stabilizer = PartialStabilizer()
        let shown = example.decodes.map { decode in
            LiveEvent.partial(stabilizer.next(decode.words, edge: decode.edge)).story
        }
        #expect(shown == example.shown)
    }

    @Test func aNewWordDoesNotBeginBeforeTheSettledOneEnds() {
        var stabilizer = PartialStabilizer()
        let settled = [Word("a", 0.4, 0.8)]
        _ = stabilizer.next(settled, edge: 10)
        _ = stabilizer.next(settled, edge: 10)
        // The next decode hears everything two frames earlier.
        let words = stabilizer.next([Word("a", 0.32, 0.68), Word("b", 0.72, 0.76)], edge: 10).words
        #expect(words == [Word("a", 0.4, 0.8), Word("b", 0.8, 0.8)])
    }
}
