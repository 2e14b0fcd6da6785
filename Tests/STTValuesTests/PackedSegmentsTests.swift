import STTValues
import TestSupport
import Testing

@Suite struct PackedSegmentsTests {
    /// Utterances with and without each part, whose texts may be other than the words joined.
    private static func segments(_ random: inout SeededRandom) -> [Segment] {
        var time = 0.0
        return (0..<Int.random(in: 0...12, using: &random)).map { index in
            let words = random.words()
            let end = max(time, words.last?.end ?? time) + Double(index)
            var segment = Segment(
                words: words, start: time, end: end,
                endpoint: EndpointReason.allCases.randomElement(using: &random) ?? .flush)
            time = end
            for index in words.indices { segment.words[index].lastToken -= 0.01 }
            if Bool.random(using: &random) { segment.text = "Да, \(segment.text.uppercased())." }
            if Bool.random(using: &random) {
                var start = 0
                segment.wordSpans = words.map { word in
                    defer { start += word.text.utf8.count }
                    return start..<start + word.text.utf8.count
                }
            }
            if Bool.random(using: &random) {
                segment.masked = words.prefix(index % 3).map { _ in MaskedSpan(kind: "phone", start: 1, end: 4) }
            }
            if Bool.random(using: &random) {
                segment.alternatives = [Alternative(text: "a", words: random.words(), score: -1)]
            }
            return segment
        }
    }

    @Test(arguments: UInt64(0)..<50) func theyComeBackAsTheyWere(seed: UInt64) {
        var random = SeededRandom(seed)
        let segments = Self.segments(&random)
        var packed = PackedSegments()
        for segment in segments { packed.append(segment) }
        #expect(packed.segments == segments)
        #expect(packed.end == segments.last?.end ?? 0)
    }

    @Test(arguments: UInt64(0)..<20) func speakersAreThoseOfTheirWords(seed: UInt64) {
        var random = SeededRandom(seed)
        var segments = Self.segments(&random)
        var packed = PackedSegments()
        for segment in segments { packed.append(segment) }
        let speakers = segments.map { $0.words.map { _ in [nil, 0, 63].randomElement(using: &random) ?? nil } }
        for index in segments.indices {
            for (word, speaker) in speakers[index].enumerated() { segments[index].words[word].speaker = speaker }
        }
        let isSet = packed.setSpeakers(speakers)
        #expect(isSet)
        #expect(packed.segments == segments)
    }

    @Test func speakersOfOtherUtterancesChangeNothing() {
        var packed = PackedSegments()
        packed.append(Segment(words: [Word("да", 0, 1, speaker: 4)], start: 0, end: 2, endpoint: .silence))
        for speakers: [[Int?]] in [[], [[]], [[0, 0]], [[0], [0]]] {
            let isSet = packed.setSpeakers(speakers)
            #expect(!isSet)
            #expect(packed.segments[0].words[0].speaker == 4)
        }
    }
}
