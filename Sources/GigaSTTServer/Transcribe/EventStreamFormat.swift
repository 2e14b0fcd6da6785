import GigaSTT

/// How a protocol writes the events of a recording that is being recognised; each text is the `data` of one event.
protocol EventStreamFormat: Sendable {
    /// What to send for a preview of the utterance that is being read.
    mutating func texts(for partial: Partial) -> [String]
    /// What to send when an utterance is final.
    mutating func texts(for segment: Segment) -> [String]
    /// What to send when the speakers of all utterances are known, which is at the end; only where they were asked for.
    func texts(forSpeakersOf transcript: Transcript) -> [String]
    /// What to send at the end of the recording, about which its reader should know this.
    func closingTexts(_ notes: [MediaNote]) -> [String]
    /// What to send when the recognition ends early.
    func texts(for failure: HTTPFailure) -> [String]
}

extension EventStreamFormat {
    mutating func texts(for partial: Partial) -> [String] { [] }
    func texts(forSpeakersOf transcript: Transcript) -> [String] { [] }
}

/// The events of `/v1/transcribe/stream`: a final for each utterance and, where the client asked for them, partials.
///
/// Without a commit policy a final has the text that it has without partials. With one that commits, it begins with what
/// its partials committed.
struct GigaSTTEventFormat: EventStreamFormat {
    private let showsSpans: Bool
    private let commitsPartials: Bool
    private let showsEnd: Bool
    private let hotwords: HotwordNote?
    private var committed = CommittedText()
    private var isPartialShown = false
    /// Seconds up to which the recording has been recognised.
    private var duration = 0.0

    /// Writes the events that the request asks for, and at the end which of its phrases are not preferred.
    init(_ request: RecognitionRequest = RecognitionRequest(), hotwords: HotwordNote? = nil) {
        self.hotwords = hotwords
        showsSpans = request.spans == true
        commitsPartials = request.commitsPartials
        showsEnd = request.endEvent == true
    }

    mutating func texts(for partial: Partial) -> [String] {
        if commitsPartials { committed.note(partial) }
        // An empty partial only takes back one that is shown.
        guard isPartialShown || !partial.words.isEmpty else { return [] }
        isPartialShown = !partial.words.isEmpty
        let event = WireTranscript.event(
            partial, committed: commitsPartials ? partial.committedText : "",
            tentative: commitsPartials ? partial.tentativeText : partial.text, at: UnixTime.now)
        return [event.description]
    }

    mutating func texts(for segment: Segment) -> [String] {
        let segment = committed.close(segment)
        duration = max(duration, segment.end)
        // An utterance without words has no final: what is shown of it is taken back.
        guard !segment.words.isEmpty else { return texts(for: Partial(words: [], stableWordCount: 0)) }
        isPartialShown = false
        return [WireTranscript.event(segment, at: UnixTime.now, showsSpans: showsSpans).description]
    }

    func closingTexts(_ notes: [MediaNote]) -> [String] {
        notes.map { WireTranscript.event($0).description } + (hotwords.map { [$0.messageJSON.description] } ?? [])
            + (showsEnd ? [WireTranscript.endEvent(duration).description] : [])
    }

    func texts(for failure: HTTPFailure) -> [String] {
        // A server that stops ends its streams without an error event (gigastt contract).
        ["cancelled", "pool_closed"].contains(failure.code) ? [] : [WireTranscript.event(failure).description]
    }
}
