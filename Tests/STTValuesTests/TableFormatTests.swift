import STTValues
import Testing

/// Advanced SubStation Alpha, comma-separated values and Rich Transcription Time Marked.
@Suite struct TableFormatTests {
    private func segment(_ words: [Word], text: String? = nil) -> Segment {
        var segment = Segment(
            words: words, start: words.first?.start ?? 0, end: words.last?.end ?? 0, endpoint: .silence)
        if let text { segment.text = text }
        return segment
    }

    @Test func anEventOfSubStationAlphaIsInHundredthsAndEscaped() throws {
        let transcript = Transcript([Word(#"{a}\b"#, 0.126, 3_601.994), Word("да", 3_602.9, 3_603.2)])
        let lines = transcript.rendered(as: .advancedSubStation).split(separator: "\n")
        #expect(lines.first == "[Script Info]")
        #expect(
            lines.suffix(3) == [
                "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
                "Dialogue: 0,0:00:00.13,1:00:01.99,Default,,0,0,0,,\\{a\\}\\\u{2060}b",
                "Dialogue: 0,1:00:02.90,1:00:03.20,Default,,0,0,0,,да",
            ])
        // A style has a value for each field of its format.
        let fields = lines.filter { $0.hasPrefix("Format: Name") || $0.hasPrefix("Style:") }
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).count }
        #expect(fields == [23, 23])
    }

    @Test func twoLinesOfACaptionAreOneEvent() {
        let words = (0..<8).map { Word("подлежащее", Double($0) / 2, Double($0) / 2 + 0.5) }
        let text = Transcript(words).rendered(
            as: .advancedSubStation, options: RenderingOptions(captions: .broadcast))
        #expect(text.contains(#"подлежащее\Nподлежащее"#))
    }

    @Test func aTableHasARowForEachUtterance() {
        let transcript = Transcript(
            segments: [
                segment([Word("да", 0.12, 0.44, speaker: 1)], text: #"Да, "конечно""#), segment([]),
                segment([Word("нет", 2, 2.5), Word("да", 2.5, 3)]),
            ], duration: 3)
        #expect(
            transcript.rendered(as: .csv) == """
                start,end,speaker,confidence,text
                0.120,0.440,1,0.950,"Да, ""конечно"\""
                2.000,3.000,,0.950,нет да

                """)
        #expect(Transcript(segments: [], duration: 0).rendered(as: .csv) == "start,end,speaker,confidence,text\n")
    }

    @Test func aRowHasOneSpeaker() {
        var utterance = segment(
            [
                Word(text: "двадцать", start: 0, end: 0.5, confidence: 0.9, speaker: 1),
                Word(text: "три", start: 0.5, end: 1, confidence: 0.7, speaker: 1),
                Word(text: "да", start: 1.5, end: 2, confidence: 0.5, speaker: 0),
            ], text: "23, да.")
        utterance.wordSpans = [0..<3, 0..<3, 4..<9]
        #expect(
            Transcript(segments: [utterance], duration: 2).rendered(as: .csv) == """
                start,end,speaker,confidence,text
                0.000,1.000,1,0.800,"23,"
                1.500,2.000,0,0.500,да.

                """)
    }

    @Test func turnsEndAtPausesAndSpeakers() {
        let transcript = Transcript(
            segments: [
                segment([
                    Word("а", 0, 0.4, speaker: 0), Word("б", 0.68, 1, speaker: 0), Word("в", 1.32, 2, speaker: 0),
                ]), segment([Word("г", 0.5, 1.1, speaker: 3)]), segment([Word("д", 2, 2.5)]),
            ], duration: 3)
        let options = RenderingOptions(recordingName: "моя запись\t1")
        #expect(
            transcript.rendered(as: .rttm, options: options) == """
                SPEAKER моя_запись_1 1 0.000 1.000 <NA> <NA> SPEAKER_0 <NA> <NA>
                SPEAKER моя_запись_1 1 0.500 0.600 <NA> <NA> SPEAKER_3 <NA> <NA>
                SPEAKER моя_запись_1 1 1.320 0.680 <NA> <NA> SPEAKER_0 <NA> <NA>
                SPEAKER моя_запись_1 1 2.000 0.500 <NA> <NA> speech <NA> <NA>

                """)
        #expect(Transcript(segments: [], duration: 0).rendered(as: .rttm).isEmpty)
    }
}
