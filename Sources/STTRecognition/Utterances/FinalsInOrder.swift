import STTValues

/// Hands out events in the order of the audio, whatever the order in which decodes end.
struct FinalsInOrder: Sendable {
    private enum Entry: Sendable {
        case event(LiveEvent)
        case undecoded(UtteranceSpan, DecodeID)
        case decoded(UtteranceSpan, [Word])
    }

    private let geometry: ModelGeometry
    private var entries: [Entry] = []
    private var stitcher = Stitcher()
    /// Seconds of the whole stream, once it has ended: the last segment also accounts for the samples that do not
    /// fill a frame.
    var duration: Double?

    init(_ geometry: ModelGeometry = .gigaAM) { self.geometry = geometry }

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    /// Utterances that wait for their words.
    var undecodedCount: Int {
        entries.count { if case .undecoded = $0 { true } else { false } }
    }

    mutating func append(_ event: LiveEvent) { entries.append(.event(event)) }
    mutating func append(_ span: UtteranceSpan, decodedBy id: DecodeID) { entries.append(.undecoded(span, id)) }
    mutating func append(_ span: UtteranceSpan, words: [Word]) { entries.append(.decoded(span, words)) }

    /// Takes the words of an utterance; `false` when none waits for this decode.
    mutating func resolve(_ id: DecodeID, words: [Word]) -> Bool {
        for (index, entry) in entries.enumerated() {
            guard case .undecoded(let span, id) = entry else { continue }
            entries[index] = .decoded(span, words)
            return true
        }
        return false
    }

    /// The events that are complete, from the head of the line to the first utterance without words.
    mutating func release() -> [LiveEvent] {
        var events: [LiveEvent] = []
        for entry in entries {
            switch entry {
            case .event(let event): events.append(event)
            case .decoded(let span, let words): events.append(.final(segment(span, words)))
            case .undecoded:
                entries.removeFirst(events.count)
                return events
            }
        }
        entries = []
        return events
    }

    private mutating func segment(_ span: UtteranceSpan, _ words: [Word]) -> Segment {
        let cut = geometry.seconds(featureFrames: span.coverage.upperBound)
        return Segment(
            words: stitcher.join(words, continues: span.continues, nextCut: span.isCut ? cut : nil),
            start: geometry.seconds(featureFrames: span.coverage.lowerBound),
            end: (span.endpoint == .endOfInput ? duration : nil) ?? cut, endpoint: span.endpoint)
    }
}
