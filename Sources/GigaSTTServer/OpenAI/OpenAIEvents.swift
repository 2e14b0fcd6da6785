import GigaSTT
import STTValues

/// The events of a transcription with `stream=true`, in the words of OpenAI's API.
///
/// What was sent never changes: a delta is one utterance that is decided, and all deltas together are the text of
/// `transcript.text.done`.
struct OpenAIEvents: RecordingEvents {
    private var text = ""

    mutating func texts(for segment: Segment) -> [String] {
        if segment.text.isEmpty { return [] }
        let delta = text.isEmpty ? segment.text : " " + segment.text
        text += delta
        return [Self.event(["type": "transcript.text.delta", "delta": .string(delta)])]
    }

    func lastTexts() -> [String] {
        [Self.event(["type": "transcript.text.done", "text": .string(text)]), "[DONE]"]
    }

    func texts(for error: GigaSTTError) -> [String] {
        let failure = OpenAIFailure(failure: HTTPFailure(WireFailure(error, on: .events)))
        return [Self.event(["type": "error", "error": failure.error])]
    }

    private static func event(_ value: JSONValue) -> String { value.description }
}
