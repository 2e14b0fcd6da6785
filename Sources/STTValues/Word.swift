/// One recognised word, as the model spelled it.
///
/// Times are seconds from the start of the recording or live stream, on the grid of encoder frames (40 ms).
/// `end` is the frame of the last token, so a word of one token has `end == start`.
public struct Word: Sendable, Hashable, Codable {
    /// The letters of the word, without spaces.
    public var text: String
    /// Seconds from the start of the recording to the first token.
    public var start: Double
    /// Seconds from the start of the recording to the last token; never less than `start`.
    public var end: Double
    /// Mean probability of the word's tokens, 0…1.
    public var confidence: Float
    /// Index of the speaker, where speakers were separated.
    public var speaker: Int?

    /// A word with all of its facts.
    public init(text: String, start: Double, end: Double, confidence: Float, speaker: Int? = nil) {
        self.text = text
        self.start = start
        self.end = end
        self.confidence = confidence
        self.speaker = speaker
    }
}
