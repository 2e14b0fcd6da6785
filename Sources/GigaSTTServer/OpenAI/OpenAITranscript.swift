import GigaSTT
import STTValues

/// A transcript in the shapes of OpenAI's API (gigastt 2.14 contract).
enum OpenAITranscript {
    /// `json`: the text and nothing else.
    static func json(_ transcript: Transcript) -> String { #"{"text":\#(JSONLiteral.string(transcript.text))}"# }

    /// `verbose_json`: every field that OpenAI's clients read.
    static func verbose(_ transcript: Transcript, fields: OpenAIFields) -> String {
        var members = [
            #""task":"transcribe""#,
            #""language":\#(JSONLiteral.string(fields.language))"#,
            #""duration":\#(JSONLiteral.number(transcript.duration))"#,
            #""text":\#(JSONLiteral.string(transcript.text))"#,
        ]
        let granularities = fields.granularities
        if granularities.isEmpty || granularities.contains(.segment) {
            let segments = SegmentGrouping.groups(of: transcript).enumerated().map(segment)
            members.append(#""segments":[\#(segments.joined(separator: ","))]"#)
        }
        if granularities.contains(.word) {
            members.append(#""words":[\#(transcript.words.map(word).joined(separator: ","))]"#)
        }
        return "{\(members.joined(separator: ","))}"
    }

    /// A segment. What a Whisper model would know and ours does not has the value that lets no client drop it:
    /// `tokens` is empty, `temperature` 0, `compression_ratio` 1, `no_speech_prob` 0. `seek` counts hundredths of a
    /// second; `avg_logprob` is the mean confidence − 1, within −1…0.
    private static func segment(index: Int, written: ArraySlice<WrittenWord>) -> String {
        let words = written.flatMap(\.words)
        let (start, end) = (words.first?.start ?? 0, words.last?.end ?? 0)
        let confidence = words.map { Double($0.confidence) }.reduce(0, +) / Double(max(1, words.count))
        let text = " " + written.map(\.text).joined(separator: " ")
        return #"{"id":\#(index),"seek":\#(Int((start * 100).rounded())),"start":\#(JSONLiteral.number(start)),"#
            + #""end":\#(JSONLiteral.number(end)),"text":\#(JSONLiteral.string(text)),"tokens":[],"temperature":0.0,"#
            + #""avg_logprob":\#(JSONLiteral.number(Float(min(max(confidence - 1, -1), 0)))),"#
            + #""compression_ratio":1.0,"no_speech_prob":0.0}"#
    }

    private static func word(_ word: Word) -> String {
        #"{"word":\#(JSONLiteral.string(word.text)),"start":\#(JSONLiteral.number(word.start)),"#
            + #""end":\#(JSONLiteral.number(word.end))}"#
    }
}
