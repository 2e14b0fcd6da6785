import GigaSTT
import STTValues

/// The events of a transcription with `stream=true`, in the format of OpenAI's API.
///
/// What was sent never changes: a delta is one final utterance, and all deltas together are the text of
/// `transcript.text.done`. Who said what is known at its end: the segments come before `done`.
struct OpenAIEventFormat: EventStreamFormat {
    private let showsLogProbabilities: Bool
    private let hotwords: HotwordNote?
    private var text = ""
    private var logProbabilities: [JSONValue] = []

    init(showsLogProbabilities: Bool = false, hotwords: HotwordNote? = nil) {
        (self.showsLogProbabilities, self.hotwords) = (showsLogProbabilities, hotwords)
    }

    mutating func texts(for segment: Segment) -> [String] {
        if segment.text.isEmpty { return [] }
        let delta = text.isEmpty ? segment.text : " " + segment.text
        let tokens = showsLogProbabilities ? TokenLogProbabilities.json(segment, isFirst: text.isEmpty) : []
        text += delta
        logProbabilities += tokens
        return [
            Self.event([
                "type": "transcript.text.delta", "delta": .string(delta),
                "logprobs": showsLogProbabilities ? .array(tokens) : nil,
            ])
        ]
    }

    func texts(forSpeakersOf transcript: Transcript) -> [String] {
        OpenAISpeakers.segments(transcript).map(Self.event)
    }

    func closingTexts(_ notes: [MediaNote]) -> [String] {
        [
            Self.event([
                "type": "transcript.text.done", "text": .string(text),
                "logprobs": showsLogProbabilities ? .array(logProbabilities) : nil,
                "notes": WireTranscript.notes(notes, hotwords),
            ]), "[DONE]",
        ]
    }

    func texts(for failure: HTTPFailure) -> [String] {
        [Self.event(["type": "error", "error": OpenAIFailure(failure: failure).error])]
    }

    private static func event(_ value: JSONValue) -> String { value.description }
}
