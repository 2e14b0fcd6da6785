import STTValues
import Testing

@Suite struct MarkdownTests {
    @Test func frontMatterThenText() {
        let words = [Word("Привет,", 0.12, 0.44), Word("как", 0.52, 0.68), Word("дела?", 0.8, 1)]
        #expect(
            Transcript(words, duration: 3.2).rendered(as: .markdown) == """
                ---
                duration: 3.2
                language: ru
                speakers: 0
                ---

                # Transcript

                Привет, как дела?


                """)
    }

    @Test func wordTimestampsAddATable() {
        let words = [
            Word(text: "привет", start: 0.12, end: 0.44, confidence: 0.97),
            Word(text: "как", start: 0.52, end: 0.68, confidence: 0.95, speaker: 0),
        ]
        let document = Transcript(words, duration: 1).rendered(as: .markdown, options: .init(wordTimestamps: true))
        #expect(
            document == """
                ---
                duration: 1
                language: ru
                speakers: 1
                ---

                # Transcript

                привет как

                # Word timings

                | Word | Start | End | Confidence | Speaker |
                |------|-------|-----|------------|---------|
                | привет | 0.120s | 0.440s | 0.970 | - |
                | как | 0.520s | 0.680s | 0.950 | SPEAKER_0 |

                """)
    }

    @Test(arguments: [
        (Word("a|b", 0.5, 1, speaker: 2), #"| a\|b | 0.500s | 1.000s | 0.950 | SPEAKER_2 |"#),
        (Word(text: "a|b", start: 0.5, end: 1, confidence: 0.98), #"| a\|b | 0.500s | 1.000s | 0.980 | - |"#),
        (Word("|\u{301}", -1, 0), "| \\|\u{301} | 0.000s | 0.000s | 0.950 | - |"),
        (Word("a\n| b", 0, 0), #"| a \| b | 0.000s | 0.000s | 0.950 | - |"#),
    ])
    func aWordCannotLeaveItsCell(word: Word, row: String) {
        let document = Transcript([word]).rendered(as: .markdown, options: .init(wordTimestamps: true))
        let rows = Array(document.unicodeScalars.split(separator: "\n").suffix(1).joined())
        #expect(rows == Array(row.unicodeScalars))
    }

    @Test func withoutWordsThereIsNoTable() {
        let document = Transcript([], duration: 2).rendered(as: .markdown, options: .init(wordTimestamps: true))
        #expect(document == "---\nduration: 2\nlanguage: ru\nspeakers: 0\n---\n\n# Transcript\n\n\n\n")
    }

    @Test(arguments: [
        ([0, 0, 1], "speakers: 2"), ([nil, nil], "speakers: 0"), ([2], "speakers: 3"), ([nil, 0], "speakers: 1"),
        ([-4], "speakers: 0"), ([Int.max], "speakers: 9223372036854775807"),
    ])
    func speakersAreTheHighestIndexAndOne(speakers: [Int?], line: String) {
        let words = speakers.map { Word("да", 0, 1, speaker: $0) }
        #expect(Transcript(words).rendered(as: .markdown).contains("\n\(line)\n"))
    }

    @Test(arguments: [(3.0, "3"), (1.4, "1.4"), (0, "0"), (1e-7, "0.0000001"), (1e17, "100000000000000000")])
    func durationHasTheFewestDigitsAndNoExponent(duration: Double, digits: String) {
        #expect(Transcript([], duration: duration).rendered(as: .markdown).contains("\nduration: \(digits)\n"))
    }

    @Test(arguments: [-1, -0.0, Double.nan, .infinity, -.infinity])
    func aDurationThatCannotBeIsZero(duration: Double) {
        #expect(Transcript([], duration: duration).rendered(as: .markdown).contains("\nduration: 0\n"))
    }

    @Test func segmentsPutEachCueUnderItsStart() {
        let words = [
            Word("раз", 1.2, 1.4, speaker: 0), Word("два", 61.4, 62, speaker: 1), Word("три", 3661, 3662),
        ]
        let options = RenderingOptions(wordTimestamps: true, segments: true)
        #expect(
            Transcript(words, duration: 4000).rendered(as: .markdown, options: options) == """
                ---
                duration: 4000
                language: ru
                speakers: 2
                ---

                ### [00:01]

                [SPEAKER_0] раз

                ### [01:01]

                [SPEAKER_1] два

                ### [01:01:01]

                три


                """)
    }

    @Test func theTextIsNotEscaped() {
        let document = Transcript([Word("*a*|<b>", 0, 1)]).rendered(as: .markdown)
        #expect(document.contains("\n\n*a*|<b>\n\n"))
    }
}
