import STTMedia
import STTValues

/// The utterances of several channels as one sequence, in order of their first words.
///
/// One utterance of each channel is held; a channel that is ahead waits, so memory does not grow with the others.
struct MergedChannels {
    private var channels: [ChannelRecognition]
    /// The next utterance of each channel, until it is handed out; `nil` when it is not known.
    private var heads: [Segment?]
    private var isOver: [Bool]
    /// The channel of the utterance that was handed out last.
    private(set) var channel = 0

    init(_ channels: [ChannelRecognition]) {
        self.channels = channels
        heads = channels.map { _ in nil }
        isOver = channels.map { _ in false }
    }

    /// What the reader of the recording should know.
    mutating func notes() async throws -> [MediaNote] {
        channels.isEmpty ? [] : try await channels[0].notes()
    }

    /// The next event of the only channel; the next utterance of several.
    mutating func nextEvent() async throws -> LiveEvent? {
        guard channels.count == 1 else { return try await next().map { .final($0) } }
        return try await channels[0].nextEvent()
    }

    /// The next utterance, or `nil` after the last one of the last channel.
    mutating func next() async throws -> Segment? {
        for index in channels.indices where heads[index] == nil && !isOver[index] {
            heads[index] = try await channels[index].next()
            isOver[index] = heads[index] == nil
        }
        var first: Int?
        for (index, head) in heads.enumerated() {
            guard let head else { continue }
            if let other = first.flatMap({ heads[$0] }), other.beginning <= head.beginning { continue }
            first = index
        }
        guard let first else { return nil }
        channel = first
        defer { heads[first] = nil }
        return heads[first]
    }
}

extension Segment {
    /// When its first word begins; an utterance without words belongs where it ends.
    fileprivate var beginning: Double { words.first?.start ?? end }
}
