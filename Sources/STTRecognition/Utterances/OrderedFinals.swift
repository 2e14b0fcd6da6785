import STTValues

/// Hands out events in the order of the audio, whatever the order in which decodes and text passes end.
struct OrderedFinals: Sendable {
    private enum Entry: Sendable {
        case event(LiveEvent)
        case undecoded(UtteranceSpan, DecodeID)
        case decoded(UtteranceSpan, [Reading])
        /// Stitched; its text is being written.
        case unfinished(DecodeID)

        var isWaiting: Bool {
            switch self {
            case .undecoded, .unfinished: true
            case .event, .decoded: false
            }
        }
    }

    private let geometry: ModelGeometry
    private var entries: [Entry] = []
    private var stitcher = Stitcher()
    /// Whether text passes follow the stitching.
    private let hasPasses: Bool
    /// Seconds of the whole stream, once it has ended: the last segment also accounts for the samples that do not
    /// fill a frame.
    var duration: Double?

    init(_ geometry: ModelGeometry = .gigaAM, hasPasses: Bool = false) {
        self.geometry = geometry
        self.hasPasses = hasPasses
    }

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }

    /// Utterances that wait for their words or their text.
    var undecodedCount: Int { entries.count { $0.isWaiting } }

    mutating func append(_ event: LiveEvent) { entries.append(.event(event)) }
    mutating func append(_ span: UtteranceSpan, decodedBy id: DecodeID) { entries.append(.undecoded(span, id)) }
    mutating func append(_ span: UtteranceSpan, _ readings: [Reading]) { entries.append(.decoded(span, readings)) }

    /// Takes the readings of an utterance, the best one first; `false` when none waits for this decode.
    mutating func resolve(_ id: DecodeID, _ readings: [Reading]) -> Bool {
        for (index, entry) in entries.enumerated() {
            guard case .undecoded(let span, id) = entry else { continue }
            entries[index] = .decoded(span, readings)
            return true
        }
        return false
    }

    /// Takes a segment whose text is written; `false` when none waits for it.
    mutating func resolve(_ id: DecodeID, segment: Segment) -> Bool {
        for (index, entry) in entries.enumerated() {
            guard case .unfinished(id) = entry else { continue }
            entries[index] = .event(.final(segment))
            return true
        }
        return false
    }

    /// Stitches what is decoded up to the first utterance without words, and takes out the events before the first
    /// one that waits. The writing of a text has an identifier like a decode, counted by `decodeCount`.
    mutating func release(
        decodeCount: inout Int
    ) -> (events: [LiveEvent], unfinished: [(DecodeID, Segment)]) {
        var events: [LiveEvent] = []
        var unfinished: [(DecodeID, Segment)] = []
        var done = 0
        stitching: for index in entries.indices {
            if case .decoded(let span, let readings) = entries[index] {
                let segment = segment(span, readings)
                if hasPasses, segment.readings.contains(where: { !$0.words.isEmpty }) {
                    decodeCount += 1
                    let id = DecodeID(number: decodeCount)
                    unfinished.append((id, segment))
                    entries[index] = .unfinished(id)
                } else {
                    entries[index] = .event(.final(segment))
                }
            }
            switch entries[index] {
            case .undecoded: break stitching
            case .event(let event) where done == index:
                events.append(event)
                done += 1
            case .event, .decoded, .unfinished: break
            }
        }
        entries.removeFirst(done)
        return (events, unfinished)
    }

    private mutating func segment(_ span: UtteranceSpan, _ readings: [Reading]) -> Segment {
        let cut = geometry.seconds(featureFrames: span.coverage.upperBound)
        let before = stitcher
        var segment = Segment(
            words: Self.join(readings.first?.words ?? [], span, cut: cut, &stitcher),
            start: geometry.seconds(featureFrames: span.coverage.lowerBound),
            end: (span.endpoint == .endOfInput ? duration : nil) ?? cut, endpoint: span.endpoint)
        guard readings.count > 1 else { return segment }
        // Each continues the best reading of the window before.
        segment.alternatives = readings.map { reading in
            var stitcher = before
            let words = Self.join(reading.words, span, cut: cut, &stitcher)
            return Alternative(text: words.map(\.text).joined(separator: " "), words: words, score: reading.score)
        }.withoutRepeatedTexts()
        return segment
    }

    private static func join(
        _ words: [Word], _ span: UtteranceSpan, cut: Double, _ stitcher: inout Stitcher
    ) -> [Word] {
        var words = stitcher.join(words, continues: span.continues, nextCut: span.isCut ? cut : nil)
        // At a cut, neighbours come from two windows, of which neither knows where the other word begins.
        for index in words.indices.dropLast() where words[index].end > words[index + 1].start {
            words[index].end = max(words[index].lastToken, words[index + 1].start)
        }
        return words
    }
}
