import STTValues
import Testing

@Suite struct SubtitleTests {
    @Test func subRipNumbersTheCues() {
        #expect(
            Transcript.dialogue.rendered(as: .subRip) == """
                1
                00:00:00,000 --> 00:00:00,900
                [SPEAKER_0] привет как

                2
                00:00:01,000 --> 00:00:01,400
                [SPEAKER_1] дела

                """)
    }

    @Test func webVTTEndsWithAnEmptyLine() {
        #expect(
            Transcript.dialogue.rendered(as: .webVTT) == """
                WEBVTT

                00:00:00.000 --> 00:00:00.900
                [SPEAKER_0] привет как

                00:00:01.000 --> 00:00:01.400
                [SPEAKER_1] дела


                """)
    }

    @Test(arguments: [(TranscriptFormat.subRip, ""), (.webVTT, "WEBVTT\n\n")])
    func withoutWordsThereIsNoCue(format: TranscriptFormat, document: String) {
        #expect(Transcript([]).rendered(as: format) == document)
    }

    @Test func optionsReachTheCues() {
        let options = RenderingOptions(maxCharactersPerLine: 0, maxWordsPerLine: 1)
        #expect(Transcript.counting(to: 3).rendered(as: .subRip, options: options).contains("\n3\n"))
    }

    @Test func cuesOfTwoSegmentsFlowTogether() {
        let transcript = Transcript(
            segments: [
                Segment(words: [Word("раз", 0, 1)], start: 0, end: 2, endpoint: .silence),
                Segment(words: [], start: 2, end: 3, endpoint: .silence),
                Segment(words: [Word("два", 3, 4)], start: 3, end: 5, endpoint: .endOfInput),
            ], duration: 5)
        let options = RenderingOptions(cues: .compat)
        #expect(transcript.rendered(as: .subRip, options: options) == "1\n00:00:00,000 --> 00:00:04,000\nраз два\n")
        let natural = "1\n00:00:00,000 --> 00:00:01,000\nраз\n\n2\n00:00:03,000 --> 00:00:04,000\nдва\n"
        #expect(transcript.rendered(as: .subRip) == natural)
    }

    @Test(arguments: [
        ("-->", "--&gt;"), ("a--->b", "a---&gt;b"), ("-->-->", "--&gt;--&gt;"), ("-->\u{301}", "--&gt;\u{301}"),
        // Everything else stays as it is, as in the contract.
        ("->", "->"), ("<b>", "<b>"), ("&amp;", "&amp;"), (#"\"'|"#, #"\"'|"#), ("👨‍👩‍👧", "👨‍👩‍👧"),
    ])
    func webVTTHasNoArrowButThoseBetweenTimes(text: String, written: String) {
        let expected = "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n\(written)\n\n"
        let document = Transcript([Word(text, 0, 1)]).rendered(as: .webVTT)
        #expect(Array(document.unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test(arguments: ["\n\n2\n00:00:09,000 --> 00:00:10,000\nевил", "a\r\n\r\nb", "a\rb"])
    func aLineBreakInAWordCannotStartACue(text: String) {
        let document = Transcript([Word("да", 0, 1), Word(text, 1, 2)]).rendered(as: .subRip)
        #expect(document.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count == 4)
    }

    @Test func plainTextIsTheTextAlone() {
        #expect(Transcript.dialogue.rendered(as: .plainText) == "привет как дела")
        #expect(Transcript([]).rendered(as: .plainText) == "")
    }
}
