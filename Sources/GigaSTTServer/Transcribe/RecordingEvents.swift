import GigaSTT

/// The words in which an event stream tells what is said in a recording; each text is the `data` of one event.
protocol RecordingEvents: Sendable {
    /// What to send when an utterance is decided.
    mutating func texts(for segment: Segment) -> [String]
    /// What to send when the recording is over.
    func lastTexts() -> [String]
    /// What to send when it cannot go on.
    func texts(for error: GigaSTTError) -> [String]
}

/// The events of `/v1/transcribe/stream`: a final for each utterance and nothing else.
///
/// There are no partials: a recording is read faster than it was spoken, and a final follows its last word within
/// the time that a partial would have taken.
struct FinalEvents: RecordingEvents {
    func texts(for segment: Segment) -> [String] {
        segment.words.isEmpty ? [] : [WireTranscript.event(segment, at: UnixTime.now)]
    }

    func lastTexts() -> [String] { [] }

    func texts(for error: GigaSTTError) -> [String] {
        // A server that stops ends its streams without a word (gigastt contract).
        error.code == .shuttingDown ? [] : [WireTranscript.event(WireFailure(error, on: .events))]
    }
}
