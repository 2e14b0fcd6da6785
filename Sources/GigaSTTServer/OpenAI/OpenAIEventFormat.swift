import GigaSTT
import STTValues

/// The events of a transcription with `stream=true`, in the format of OpenAI's API.
///
/// What was sent never changes: a delta is one final utterance, and all deltas together are the text of
/// `transcript.text.done`.
struct OpenAIEventFormat: EventStreamFormat {
    private var text = ""

    mutating func texts(for segment: Segment) -> [String] {
        if segment.text.isEmpty { return [] }
        let delta = text.isEmpty ? segment.text : " " + segment.text
        text += delta
        return [Self.event(["type": "transcript.text.delta", "delta": .string(delta)])]
    }

    func closingTexts(_ notes: [MediaNote]) -> [String] {
        [Self.event(["type": "transcript.text.done", "text": .string(text)]), "[DONE]"]
    }

    func texts(for failure: HTTPFailure) -> [String] {
        [Self.event(["type": "error", "error": OpenAIFailure(failure: failure).error])]
    }

    private static func event(_ value: JSONValue) -> String { value.description }
}
