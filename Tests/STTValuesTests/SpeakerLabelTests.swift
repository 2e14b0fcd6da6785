import STTValues
import Testing

/// Speakers of words that are final already.
@Suite struct SpeakerLabelTests {
    private func segment(_ start: Double, _ texts: String...) -> Segment {
        let words = texts.enumerated().map { index, text in
            Word(text: text, start: start + Double(index), end: start + Double(index) + 0.5, confidence: 1)
        }
        return Segment(words: words, start: start, end: start + Double(texts.count), endpoint: .silence)
    }

    @Test func wordsAreRelabelledByTheirMiddle() {
        var segments = [segment(0, "a", "b"), segment(10, "c"), segment(20, "d", "e")]
        let before = segments
        // The middle of "b" is 1.25, and that of "d" 20.25.
        #expect(segments.relabel(1.25..<20.25, as: 1) == [0, 1])
        #expect(segments.map { $0.words.map(\.speaker) } == [[nil, 1], [1], [nil, nil]])
        #expect(segments.map(\.text) == before.map(\.text) && segments.map(\.end) == before.map(\.end))
        // Once more: nothing changes; and what was heard later may say otherwise.
        #expect(segments.relabel(1.25..<20.25, as: 1) == [])
        #expect(segments.relabel(0..<30, as: 0) == [0, 1, 2])
        #expect(segments.relabel(0..<30, as: nil) == [0, 1, 2])
        #expect(segments == before)
    }
}
