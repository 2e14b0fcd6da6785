import GigaSTT

/// How a protocol writes the events of a recording that is being recognised; each text is the `data` of one event.
protocol EventStreamFormat: Sendable {
    /// What to send when an utterance is final.
    mutating func texts(for segment: Segment) -> [String]
    /// What to send at the end of the recording, about which its reader should know this.
    func closingTexts(_ notes: [MediaNote]) -> [String]
    /// What to send when the recognition ends early.
    func texts(for failure: HTTPFailure) -> [String]
}

/// The events of `/v1/transcribe/stream`: a final for each utterance and nothing else.
///
/// There are no partials: a recording is read faster than it was spoken, and a final follows its last word within
/// the time that a partial would have taken.
struct GigaSTTEventFormat: EventStreamFormat {
    var showsSpans = false

    func texts(for segment: Segment) -> [String] {
        segment.words.isEmpty
            ? [] : [WireTranscript.event(segment, at: UnixTime.now, showsSpans: showsSpans).description]
    }

    func closingTexts(_ notes: [MediaNote]) -> [String] { notes.map { WireTranscript.event($0).description } }

    func texts(for failure: HTTPFailure) -> [String] {
        // A server that stops ends its streams without an error event (gigastt contract).
        ["cancelled", "pool_closed"].contains(failure.code) ? [] : [WireTranscript.event(failure).description]
    }
}
