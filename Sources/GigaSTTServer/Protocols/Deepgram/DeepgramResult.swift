import STTValues

/// A `Results` message of Deepgram's interface.
struct DeepgramResult: Sendable {
    var readings = [DeepgramReading("", [])]
    let start: Double
    let end: Double
    var isFinal = true
    var isSpeechFinal = false
    var isFromFinalize = false

    var hasWords: Bool { readings.first?.words.isEmpty == false }
    var hasSpeakers: Bool { readings.first?.words.contains { $0.speaker != nil } == true }

    /// Gives the words whose middles lie in the spans their speakers.
    mutating func label(_ spans: [SpeakerSpan]) {
        for reading in readings.indices {
            for span in spans where span.start < span.end {
                readings[reading].words.relabel(span.start..<span.end, as: span.speaker)
            }
        }
    }
}

/// The final results of one channel that wait for the speakers of their words: these come a moment later, in the order of the
/// results. What waited too long leaves without.
struct HeldResults: Sendable {
    /// Seconds of audio or of the clock that a result waits.
    static let waitLimit = 2.0
    /// Results that wait; beyond them the first leaves.
    static let limit = 8

    struct Moment: Sendable {
        /// Seconds of audio that were received.
        let audio: Double
        /// Unix time.
        let clock: Double
    }

    private var waiting: [(result: DeepgramResult, since: Moment)] = []
    /// Where the last words that were given speakers end.
    private var decidedEnd = 0.0

    var isEmpty: Bool { waiting.isEmpty }

    mutating func append(_ result: DeepgramResult, at moment: Moment) { waiting.append((result, moment)) }

    /// Gives the words that wait their speakers.
    mutating func label(_ spans: [SpeakerSpan]) {
        for index in waiting.indices { waiting[index].result.label(spans) }
        decidedEnd = spans.reduce(decidedEnd) { max($0, $1.end) }
    }

    /// Takes those that may leave, in order.
    mutating func release(at moment: Moment) -> [DeepgramResult] {
        var released: [DeepgramResult] = []
        while let first = waiting.first, waiting.count > Self.limit || isDue(first.result, first.since, at: moment) {
            released.append(waiting.removeFirst().result)
        }
        return released
    }

    private func isDue(_ result: DeepgramResult, _ since: Moment, at now: Moment) -> Bool {
        !result.hasWords || result.hasSpeakers || decidedEnd > result.end
            || now.audio - since.audio >= Self.waitLimit || now.clock - since.clock >= Self.waitLimit
    }

    /// Takes all.
    mutating func releaseAll() -> [DeepgramResult] {
        defer { waiting = [] }
        return waiting.map(\.result)
    }
}
