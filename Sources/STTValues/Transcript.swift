/// Everything that was said in a recording.
public struct Transcript: Sendable, Hashable {
    /// The utterances in order of time. Together they account for every sample; some may have no words.
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
    public var words: [Word] { segments.flatMap(\.words) }
    /// Mean confidence of all words, 0…1, weighted by duration; `nil` without words.
    public var confidence: Double? { words.meanConfidence }
}
