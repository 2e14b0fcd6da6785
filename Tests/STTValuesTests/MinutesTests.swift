import STTValues
import Testing

/// Minutes: turns with times and speakers.
@Suite struct MinutesTests {
    private func segment(_ words: [Word]) -> Segment {
        Segment(words: words, start: words.first?.start ?? 0, end: words.last?.end ?? 0, endpoint: .silence)
    }

    @Test func aTurnHasAHeadingAndAPauseAParagraph() {
        let transcript = Transcript(
            segments: [
                segment([Word("Добрый", 0.2, 0.6, speaker: 0), Word("день.", 0.7, 1, speaker: 0)]),
                segment([Word("Начнём?", 2.9, 3.4, speaker: 0)]),
                // 2 s after the end of the word before: a paragraph of its own.
                segment([Word("итак", 5.4, 5.9, speaker: 0), Word("да", 6, 6.2, speaker: 1)]),
                segment([]), segment([Word("кхм", 7, 7.2)]),
                segment([Word("дальше", 3_600, 3_661, speaker: 1)]),
            ], duration: 3_700)
        #expect(
            transcript.rendered(as: .minutes) == """
                # Minutes

                Duration 01:01:40, 2 speakers

                ## SPEAKER_0

                [00:00–00:03] Добрый день. Начнём?

                [00:05–00:06] итак

                ## SPEAKER_1

                [00:06–00:06] да

                ## Unknown speaker

                [00:07–00:07] кхм

                ## SPEAKER_1

                [01:00:00–01:01:01] дальше

                """)
    }

    @Test func withoutSpeakersThereAreNoHeadings() {
        #expect(
            Transcript([Word("да", 0, 1)]).rendered(as: .minutes) == "# Minutes\n\nDuration 00:01\n\n[00:00–00:01] да\n"
        )
        #expect(Transcript([], duration: 2).rendered(as: .minutes) == "# Minutes\n\nDuration 00:02\n")
    }

    /// An utterance of 65 s, and one right after it.
    @Test func aLongParagraphEndsWithItsUtterance() {
        let long = segment([Word("а", 0, 30, speaker: 0), Word("б", 31, 65, speaker: 0)])
        let text = Transcript(segments: [long, segment([Word("в", 65, 66, speaker: 0)])], duration: 66)
            .rendered(as: .minutes)
        #expect(text.hasSuffix("## SPEAKER_0\n\n[00:00–01:05] а б\n\n[01:05–01:06] в\n"))
        #expect(text.contains("1 speaker\n"))
    }

    @Test func turnsOfTwoChannelsAreInOrderOfTime() {
        let text = Transcript(
            segments: [
                segment([Word("один", 0, 1, speaker: 0), Word("два", 4, 5, speaker: 0)]),
                segment([Word("три", 2, 3, speaker: 1)]),
            ], duration: 5
        ).rendered(as: .minutes)
        let order = text.split(separator: "\n").filter { $0.hasPrefix("[") }.map { String($0.suffix(4)) }
        #expect(order.map { $0.trimmingPrefix { $0 == " " || $0 == "]" } } == ["один", "три", "два"])
    }

    @Test func textIsNoMarkup() {
        let text = Transcript([Word("*a*_[x](y)<b>#`|", 0, 1)]).rendered(as: .minutes)
        #expect(text.hasSuffix(##"\*a\*\_\[x\](y)\<b\>\#\`\|"## + "\n"))
    }
}
