import STTValues

/// A `Results` message of Deepgram's interface.
struct DeepgramResult: Sendable {
    var readings = [Alternative(text: "", words: [], score: 0)]
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
    /// Seconds of audio that a result waits.
    static let waitLimit = 2.0
    /// Results that wait; beyond them the first leaves.
    static let limit = 8

    private var waiting: [(result: DeepgramResult, end: Double)] = []

    var isEmpty: Bool { waiting.isEmpty }

    /// Adds a result at a second of the audio.
    mutating func append(_ result: DeepgramResult, at second: Double) {
        waiting.append((result, second + Self.waitLimit))
    }

    /// Gives the words that wait their speakers.
    mutating func label(_ spans: [SpeakerSpan]) {
        for index in waiting.indices { waiting[index].result.label(spans) }
    }

    /// Takes those that may leave at a second of the audio, in order.
    mutating func release(at second: Double) -> [DeepgramResult] {
        var released: [DeepgramResult] = []
        while let first = waiting.first,
            !first.result.hasWords || first.result.hasSpeakers || second >= first.end || waiting.count > Self.limit
        {
            released.append(waiting.removeFirst().result)
        }
        return released
    }

    /// Takes all.
    mutating func releaseAll() -> [DeepgramResult] {
        defer { waiting = [] }
        return waiting.map(\.result)
    }
}
