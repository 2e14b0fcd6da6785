import STTValues
import Testing

@Suite struct PassageTests {
    private func word(_ text: String, _ start: Double, _ end: Double, _ speaker: Int?) -> Word {
        Word(text: text, start: start, end: end, confidence: 1, speaker: speaker)
    }

    private func utterance(_ words: [Word]) -> Segment {
        Segment(words: words, start: words.first?.start ?? 0, end: words.last?.end ?? 0, endpoint: .silence)
    }

    /// One says "a b c" over three seconds; the other falls in with "x" and says "y" afterwards.
    private var crossTalk: Transcript {
        Transcript(
            segments: [
                utterance([word("a", 0, 0.5, 0), word("b", 1, 1.5, 0), word("c", 2, 3, 0)]),
                utterance([word("x", 0.6, 0.9, 1)]), utterance([]),
                utterance([word("y", 4, 4.5, 1)]), utterance([word("d", 4.5, 5, 0)]),
            ], duration: 5)
    }

    @Test func wordsAreInOrderOfTimeAndTextInOrderOfUtterances() {
        #expect(crossTalk.words.map(\.text) == ["a", "x", "b", "c", "y", "d"])
        #expect(crossTalk.text == "a b c x y d")
    }

    @Test func whoFallsInHasAPassageOfTheirOwn() {
        #expect(crossTalk.passages.map { $0.map(\.text) } == [["a", "b", "c"], ["x", "y", "d"]])
        let turns = Transcript(
            segments: [utterance([word("a", 0, 1, 0)]), utterance([word("b", 1, 2, 1)])], duration: 2)
        #expect(turns.passages.map { $0.map(\.text) } == [["a", "b"]])
        // Without speakers there is one voice, whatever the times say.
        let alone = Transcript(
            segments: [utterance([word("a", 0, 1, nil)]), utterance([word("b", 0.9, 2, nil)])], duration: 2)
        #expect(alone.passages.count == 1)
        #expect(Transcript(segments: [], duration: 0).passages.isEmpty)
    }

    @Test func subtitlesOfTwoWhoSpeakAtOnceDoNotAlternateByWord() {
        #expect(
            crossTalk.rendered(as: .subRip) == """
                1
                00:00:00,000 --> 00:00:03,000
                [SPEAKER_0] a b c

                2
                00:00:00,600 --> 00:00:00,900
                [SPEAKER_1] x

                3
                00:00:04,000 --> 00:00:04,500
                [SPEAKER_1] y

                4
                00:00:04,500 --> 00:00:05,000
                [SPEAKER_0] d

                """)
    }
}
