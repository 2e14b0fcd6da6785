/// Everything that was said in a recording.
public struct Transcript: Sendable, Hashable, Codable {
    /// The utterances in order of their beginnings. Together they account for every sample; some may have no words.
    /// Where channels were recognised apart they account for every sample of each, and may overlap.
    public var segments: [Segment]
    /// Seconds of audio that were recognised.
    public var duration: Double

    /// A transcript of `duration` seconds.
    public init(segments: [Segment], duration: Double) {
        self.segments = segments
        self.duration = duration
    }

    /// The texts of the segments that have words, joined by single spaces.
    public var text: String { segments.lazy.map(\.text).filter { !$0.isEmpty }.joined(separator: " ") }
    /// All words in order of time.
    public var words: [Word] {
        let words = segments.flatMap(\.words)
        if zip(words, words.dropFirst()).allSatisfy({ $0.start <= $1.start }) { return words }
        return words.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }
            .map(\.element)
    }
    /// Mean confidence of all words, 0…1, weighted by duration; `nil` without words.
    public var confidence: Double? { words.meanConfidence }
}
