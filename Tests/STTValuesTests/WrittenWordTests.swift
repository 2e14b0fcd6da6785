import Testing

@testable import STTValues

/// Texts that are written otherwise than their words were said.
@Suite struct WrittenWordTests {
    private func segment(_ words: [String], _ text: String, _ spans: [Range<Int>]?, from start: Double = 0) -> Segment {
        let words = words.enumerated().map { index, word in
            Word(text: word, start: start + Double(index), end: start + Double(index) + 0.5, confidence: 1)
        }
        var segment = Segment(words: words, start: start, end: start + 9, endpoint: .silence)
        (segment.text, segment.wordSpans) = (text, spans)
        return segment
    }

    /// Cyrillic letters have two bytes: "мне" ends at byte 6, "25" at 9, "лет." at 17.
    private var age: Segment {
        segment(["мне", "двадцать", "пять", "лет"], "мне 25 лет.", [0..<6, 7..<9, 7..<9, 10..<17])
    }

    @Test func partsAreWordsThatWereWrittenAsOne() {
        #expect(age.writtenWords.map(\.text) == ["мне", "25", "лет."])
        #expect(age.writtenWords.map(\.indices) == [0..<1, 1..<3, 3..<4])
        #expect(age.writtenWords.map(\.start) == [0, 1, 3] && age.writtenWords.map(\.end) == [0.5, 2.5, 3.5])
        #expect(age.spans.map(\.start) == [0, 4, 7] && age.spans.map(\.end) == [3, 6, 11])
        #expect(age.spans.map(\.words) == [[0], [1, 2], [3]])
    }

    @Test func aWordThatIsNotWrittenBelongsToItsNeighbour() {
        let words = ["ну", "да", "э"]
        #expect(segment(words, "да", [0..<0, 0..<4, 4..<4]).writtenWords.map(\.indices) == [0..<3])
        #expect(segment(words, "ну да", [0..<4, 5..<9, 9..<9]).writtenWords.map(\.text) == ["ну", "да"])
    }

    @Test(
        arguments: [
            nil, [0..<6], [0..<6, 7..<9, 7..<9, 10..<99], [-3..<6, 7..<9, 7..<9, 10..<17],
        ] as [[Range<Int>]?])
    func withoutAMapThatFitsThePartsAreTheWords(spans: [Range<Int>]?) {
        var changed = age
        changed.wordSpans = spans
        #expect(changed.writtenWords.map(\.text) == ["мне", "двадцать", "пять", "лет"])
    }

    @Test func subtitlesShowWhatIsWrittenAndDivideNoNumber() {
        let transcript = Transcript(segments: [age], duration: 9)
        let options = RenderingOptions(maxWordsPerLine: 1)
        let cues = CueLayout.cues(of: transcript, options: options)
        #expect(cues.map(\.text) == ["мне", "25", "лет."])
        #expect(cues.map(\.start) == [0, 1, 3])
        #expect(transcript.rendered(as: .plainText) == "мне 25 лет.")
        #expect(transcript.words.map(\.text) == ["мне", "двадцать", "пять", "лет"])
    }

    /// Two speak at once, so that the words of a part are not neighbours in order of time.
    @Test func spansOfATranscriptNameItsOwnWords() {
        let other = segment(["да", "да"], "да да", [0..<4, 5..<9], from: 1.2)
        let silent = segment(["э"], "", [0..<0], from: 20)
        let last = segment(["пять"], "5", [0..<1], from: 30)
        let transcript = Transcript(segments: [age, other, silent, last], duration: 40)
        #expect(transcript.text == "мне 25 лет. да да 5")
        #expect(
            transcript.words.map(\.text) == ["мне", "двадцать", "да", "пять", "да", "лет", "э", "пять"])
        #expect(transcript.spans.map(\.text) == ["мне", "25", "лет.", "да", "да", "5"])
        #expect(transcript.spans.map(\.words) == [[0], [1, 3], [5], [2], [4], [7]])
        let scalars = Array(transcript.text.unicodeScalars)
        for span in transcript.spans {
            #expect(String(String.UnicodeScalarView(scalars[span.start..<span.end])) == span.text)
        }
    }
}
