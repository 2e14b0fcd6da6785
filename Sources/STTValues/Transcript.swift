/// Everything that was said in a recording.
public struct Transcript: Sendable, Hashable, Codable {
    /// The utterances in order of their beginnings. Together they account for every sample; some may have no words.
    /// Where channels were recognised apart they account for every sample of each, and may overlap.
    public var segments: [Segment]
    /// Seconds of audio that were recognised.
    public var duration: Double
    /// The speakers whose names are known, in order; `nil` unless names were asked for.
    public var speakerNames: [SpeakerName]?

    /// A transcript of `duration` seconds.
    public init(segments: [Segment], duration: Double, speakerNames: [SpeakerName]? = nil) {
        self.segments = segments
        self.duration = duration
        self.speakerNames = speakerNames
    }

    /// The texts of the segments that have words, joined by single spaces.
    public var text: String { segments.lazy.map(\.text).filter { !$0.isEmpty }.joined(separator: " ") }
    /// All words in order of time.
    public var words: [Word] {
        let words = segments.flatMap(\.words)
        return words.isInOrderOfTime ? words : words.inOrderOfTime().map { words[$0] }
    }
    /// Mean confidence of all words, 0…1, weighted by duration; `nil` without words.
    public var confidence: Double? { words.meanConfidence }
}

extension [Word] {
    fileprivate var isInOrderOfTime: Bool { zip(self, dropFirst()).allSatisfy { $0.start <= $1.start } }

    /// The indices in order of time; words that begin at the same time keep their order.
    func inOrderOfTime() -> [Int] {
        if isInOrderOfTime { return Array<Int>(indices) }
        return indices.sorted { (self[$0].start, $0) < (self[$1].start, $1) }
    }
}
