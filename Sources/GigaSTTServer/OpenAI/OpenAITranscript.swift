import GigaSTT
import STTValues

/// A transcript in the shapes of OpenAI's API (gigastt 2.14 contract).
enum OpenAITranscript {
    /// `json`: the text, what was asked for beside it, and the length of the audio.
    static func json(_ transcript: Transcript, fields: OpenAIFields, notes: JSONValue? = nil) -> JSONValue {
        [
            "text": .string(transcript.text),
            "logprobs": fields.showsLogProbabilities ? TokenLogProbabilities.json(transcript.segments) : nil,
            "usage": usage(transcript), "notes": notes,
        ]
    }

    /// `diarized_json`: the text and who said what.
    static func diarized(_ transcript: Transcript, notes: JSONValue? = nil) -> JSONValue {
        [
            "task": "transcribe", "duration": .number(transcript.duration), "text": .string(transcript.text),
            "segments": .array(OpenAISpeakers.segments(transcript)), "usage": usage(transcript),
            "diarization": WireTranscript.speakerFailure(transcript), "notes": notes,
        ]
    }

    private static func usage(_ transcript: Transcript) -> JSONValue {
        ["type": "duration", "seconds": .number(transcript.duration)]
    }

    /// `verbose_json`: every field that OpenAI's clients read.
    static func verbose(_ transcript: Transcript, fields: OpenAIFields, notes: JSONValue? = nil) -> JSONValue {
        let granularities = fields.granularities
        let hasSegments = granularities.isEmpty || granularities.contains(.segment)
        return [
            "task": "transcribe", "language": .string(fields.language), "duration": .number(transcript.duration),
            "text": .string(transcript.text),
            "segments": hasSegments
                ? .array(SegmentGrouping.groups(of: transcript).enumerated().map(segment)) : nil,
            "words": granularities.contains(.word) ? .array(transcript.words.map(word)) : nil,
            "usage": usage(transcript), "notes": notes,
        ]
    }

    /// A segment. What a Whisper model would know and ours does not has the value that lets no client drop it:
    /// `tokens` is empty, `temperature` 0, `compression_ratio` 1, `no_speech_prob` 0. `seek` counts hundredths of a
    /// second; `avg_logprob` is the mean confidence − 1, within −1…0.
    private static func segment(index: Int, written: ArraySlice<WrittenWord>) -> JSONValue {
        let words = written.flatMap(\.words)
        let (start, end) = (words.first?.start ?? 0, words.last?.end ?? 0)
        let confidence = words.map { Double($0.confidence) }.reduce(0, +) / Double(max(1, words.count))
        return [
            "id": .integer(index), "seek": .integer(Int((start * 100).rounded())), "start": .number(start),
            "end": .number(end), "text": .string(" " + written.map(\.text).joined(separator: " ")), "tokens": [],
            "temperature": .number(0.0), "avg_logprob": .number(Float(min(max(confidence - 1, -1), 0))),
            "compression_ratio": .number(1.0), "no_speech_prob": .number(0.0),
        ]
    }

    private static func word(_ word: Word) -> JSONValue {
        ["word": .string(word.text), "start": .number(word.start), "end": .number(word.end)]
    }
}
