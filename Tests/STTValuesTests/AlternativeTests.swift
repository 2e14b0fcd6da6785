import STTValues
import Testing

/// The best readings of several utterances together.
@Suite struct AlternativeTests {
    private func segment(_ readings: [(String, Double)], asked: Bool = true) -> Segment {
        var segment = Segment(
            words: readings.first.map { [Word($0.0, 0, 1)] } ?? [], start: 0, end: 1, endpoint: .silence)
        if asked {
            segment.alternatives = readings.map {
                Alternative(text: $0.0, words: [Word($0.0, 0, 1)], score: $0.1)
            }
        }
        return segment
    }

    private func texts(_ segments: [Segment]) -> [String]? {
        Transcript(segments: segments, duration: 1).alternatives?.map(\.text)
    }

    @Test func withoutBeingAskedForThereAreNone() {
        #expect(texts([]) == nil)
        #expect(texts([segment([("a", 0)], asked: false)]) == nil)
        let json = Transcript(segments: [segment([("a", 0)], asked: false)], duration: 1).rendered(as: .json)
        #expect(json.hasPrefix(#"{"duration":1.0,"text":"a","#))
    }

    @Test func scoresOfUtterancesAddUp() {
        let first = segment([("a", -1), ("b", -2), ("c", -8)])
        let second = segment([("x", -1), ("y", -1.5), ("z", -4)])
        // -2, -2.5, -3; then -3.5 and less.
        #expect(texts([first, second]) == ["a x", "a y", "b x"])
        #expect(texts([first]) == ["a", "b", "c"])
    }

    @Test func anUtteranceWithoutAlternativesHasItsOwnText() {
        let silence = Segment(words: [], start: 1, end: 2, endpoint: .endOfInput)
        let segments = [segment([("a", -1), ("b", -2)]), segment([("x", 0)], asked: false), silence]
        #expect(texts(segments) == ["a x", "b x"])
    }

    @Test func aTextComesOnce() {
        #expect(texts([segment([("a", -1), ("", -2)]), segment([("", -1), ("a", -1)])]) == ["a", "a a"])
    }

    @Test func theBestReadingIsTheTextWhereScoresAreEqual() {
        let segments = Array(repeating: segment([("a", 0), ("b", 0), ("c", 0)]), count: 4)
        #expect(texts(segments)?.first == Transcript(segments: segments, duration: 4).text)
    }

    @Test func jsonHasThemFirst() {
        let transcript = Transcript(segments: [segment([("a", -1), ("b", -2)])], duration: 1)
        let words = transcript.words.map { "\(Double($0.confidence))" }
        #expect(
            transcript.rendered(as: .json).hasPrefix(
                #"{"alternatives":[{"confidence":\#(words[0]),"text":"a"},{"confidence":\#(words[0]),"text":"b"}],"#
                    + #""duration":1.0,"text":"a","words":"#))
    }
}
