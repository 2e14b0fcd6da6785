/// One utterance whose words will not change any more.
public struct Segment: Sendable, Hashable, Codable {
    /// What was said: the words joined by single spaces, unless text passes wrote it in another way.
    public var text: String
    /// The words in order of time, as the model spelled them.
    public var words: [Word]
    /// Where each word is in `text`, in UTF-8 bytes; `nil` when the text is the words joined.
    package var wordSpans: [Range<Int>]?
    /// The masked parts of `text` in order; `nil` when no masking was asked for. Words of a masked part have its mask as text.
    public var masked: [MaskedSpan]?
    /// Seconds from the start of the recording to the first sample this segment accounts for.
    public var start: Double
    /// Seconds to the end of the last sample this segment accounts for. The next segment starts here.
    public var end: Double
    /// Why the utterance ended.
    public var endpoint: EndpointReason
    /// The readings of the utterance, the best first, which is that of `text`; `nil` unless more than one was asked for.
    public var alternatives: [Alternative]?

    /// A segment over `start..<end` seconds; its text is the words joined.
    public init(words: [Word], start: Double, end: Double, endpoint: EndpointReason) {
        self.text = words.map(\.text).joined(separator: " ")
        self.words = words
        self.start = start
        self.end = end
        self.endpoint = endpoint
    }

    /// Mean confidence of the words weighted by their duration, 0…1; `nil` without words.
    /// When no word has a duration, the plain mean (gigastt 2.18).
    public var confidence: Double? { words.meanConfidence }
}

extension [Word] {
    /// Mean confidence weighted by duration; the plain mean when every duration is zero; `nil` when empty.
    public var meanConfidence: Double? {
        guard !isEmpty else { return nil }
        let weights = map { Swift.max(0, $0.end - $0.start) }
        let total = weights.reduce(0, +)
        guard total > 0 else { return map { Double($0.confidence) }.reduce(0, +) / Double(count) }
        return zip(self, weights).map { Double($0.confidence) * $1 }.reduce(0, +) / total
    }
}
