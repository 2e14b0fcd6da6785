import Testing

@testable import STTValues

@Suite struct CueLayoutTests {
    private func cues(
        _ words: [Word], _ maxCharacters: Int, _ maxWords: Int, width: RenderingOptions.Width = .utf8Bytes
    ) -> [Cue] {
        let options = RenderingOptions(
            maxCharactersPerLine: maxCharacters, maxWordsPerLine: maxWords, width: width)
        return CueLayout.cues(of: words, options: options)
    }

    @Test func fiveWordsToALineMakeFourCuesOfTwentyWords() {
        let cues = cues(Transcript.counting(to: 20).words, 40, 5)
        #expect(cues.map(\.start) == [0, 5, 10, 15])
        #expect(cues.map(\.end) == [4.4, 9.4, 14.4, 19.4])
    }

    @Test(arguments: [(0, 0, 1), (-1, -1, 1), (80, 14, 2), (0, 1, 20), (1, 0, 20)])
    func limitsDecideHowManyCuesTwentyWordsMake(maxCharacters: Int, maxWords: Int, count: Int) {
        #expect(cues(Transcript.counting(to: 20).words, maxCharacters, maxWords).count == count)
    }

    @Test(arguments: [(RenderingOptions.Width.utf8Bytes, [7, 3]), (.characters, [10])])
    func widthIsCountedInTheChosenUnit(width: RenderingOptions.Width, wordCounts: [Int]) {
        // Ten bytes or five characters each: seven and six spaces are 76 bytes, ten and nine spaces 59 characters.
        let words = Array(repeating: Word("слово", 0, 0), count: 10)
        let cues = cues(words, 80, 14, width: width)
        #expect(cues.map { $0.text.split(separator: " ").count } == wordCounts)
    }

    @Test(arguments: [(4, 1), (3, 2)])
    func aFamilyOfEmojiIsOneCharacter(limit: Int, count: Int) {
        let words = [Word("👨‍👩‍👧", 0, 0.4), Word("да", 0.6, 1)]
        #expect(cues(words, limit, 0, width: .characters).count == count)
    }

    @Test(arguments: [(80, 1), (79, 2)])
    func aLineMayBeExactlyAsLongAsTheLimit(limit: Int, count: Int) {
        // The label and its space are 12 bytes: 12 + 33 + 1 + 34.
        let words = [
            Word(String(repeating: "a", count: 33), 0, 1, speaker: 0),
            Word(String(repeating: "b", count: 34), 1, 2, speaker: 0),
        ]
        #expect(cues(words, limit, 0).count == count)
    }

    @Test func aWordLongerThanTheLimitKeepsItsLabelAndItsTimes() {
        let long = String(repeating: "а", count: 42)
        let words = [Word(long, 1, 2, speaker: 0), Word("да", 3, 4, speaker: 0)]
        #expect(
            cues(words, 80, 14) == [
                Cue(start: 1, end: 2, text: "[SPEAKER_0] \(long)"), Cue(start: 3, end: 4, text: "[SPEAKER_0] да"),
            ])
    }

    @Test func aWordLongerThanTheLimitGetsACueOfItsOwn() {
        let long = String(repeating: "а", count: 42)
        let words = [Word(long, 1, 2), Word("да", 3, 4)]
        #expect(cues(words, 80, 14) == [Cue(start: 1, end: 2, text: long), Cue(start: 3, end: 4, text: "да")])
    }

    @Test func aLimitNarrowerThanTheLabelMakesNoCueWithoutAWord() {
        let words = [Word("да", 5, 6, speaker: 0), Word("нет", 7, 8, speaker: 0)]
        #expect(
            cues(words, 3, 14) == [
                Cue(start: 5, end: 6, text: "[SPEAKER_0] да"), Cue(start: 7, end: 8, text: "[SPEAKER_0] нет"),
            ])
    }

    @Test func speakerThenNoSpeakerThenSpeakerAreThreeCues() {
        let words = [Word("раз", 0, 1, speaker: 0), Word("два", 1, 2), Word("три", 2, 3, speaker: 0)]
        #expect(cues(words, 80, 14).map(\.text) == ["[SPEAKER_0] раз", "два", "[SPEAKER_0] три"])
    }

    @Test(arguments: [
        ("две\nстроки", "да две строки нет"), ("\r\n\r\n", "да нет"), ("", "да нет"), (" \t", "да нет"),
        (" край\u{2028}", "да край нет"), ("10\u{A0}000", "да 10\u{A0}000 нет"),
    ])
    func aLineBreakInAWordDoesNotBreakTheLine(text: String, line: String) {
        #expect(cues([Word("да", 0, 1), Word(text, 1, 1.5), Word("нет", 1.5, 3)], 80, 14).map(\.text) == [line])
    }

    @Test func noWordsAreNoCues() {
        #expect(cues([], 80, 14).isEmpty)
        #expect(cues([Word("", 0, 1, speaker: 3)], 80, 14).isEmpty)
    }

    struct Grouping: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Starts and ends of words of one letter, in hundredths of a second.
        let words: [(Int, Int)]
        let maxWords: Int
        let natural, compat: [(Int, Int)]
    }

    @Test(arguments: [
        Grouping(
            testDescription: "a pause of 0.79 s", words: [(0, 40), (119, 150)], maxWords: 14, natural: [(0, 150)],
            compat: [(0, 150)]),
        Grouping(
            testDescription: "a pause of 0.8 s on the grid of frames", words: [(104, 184), (264, 300)], maxWords: 14,
            natural: [(104, 184), (264, 300)], compat: [(104, 300)]),
        Grouping(
            testDescription: "a word without length", words: [(100, 100)], maxWords: 1, natural: [(100, 130)],
            compat: [(100, 100)]),
        Grouping(
            testDescription: "a word without length before another", words: [(100, 100), (112, 160)], maxWords: 1,
            natural: [(100, 112), (112, 160)], compat: [(100, 100), (112, 160)]),
        Grouping(
            testDescription: "two words at the same time", words: [(100, 100), (100, 160)], maxWords: 1,
            natural: [(100, 104), (100, 160)], compat: [(100, 100), (100, 160)]),
        Grouping(
            testDescription: "words that overlap", words: [(100, 180), (150, 160)], maxWords: 1,
            natural: [(100, 180), (150, 180)], compat: [(100, 180), (150, 160)]),
    ])
    func aCueEndsAtAPauseAndStaysLongEnoughToBeRead(_ test: Grouping) {
        let words = test.words.map { Word("я", Double($0.0) / 100, Double($0.1) / 100) }
        for (grouping, expected) in [(CueGrouping.natural, test.natural), (.compat, test.compat)] {
            let options = RenderingOptions(maxWordsPerLine: test.maxWords, cues: grouping)
            let times = CueLayout.cues(of: words, options: options).map {
                [Int(($0.start * 100).rounded()), Int(($0.end * 100).rounded())]
            }
            #expect(times == expected.map { [$0.0, $0.1] })
        }
    }
}
