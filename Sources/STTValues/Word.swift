/// One recognised word, as the model spelled it.
///
/// Times are seconds from the start of the recording or live stream. Starts lie on the grid of encoder frames (40 ms);
/// what `end` is, the options of the recognition say (`WordEnds`).
public struct Word: Sendable, Hashable, Codable {
    /// The letters of the word, without spaces.
    public var text: String
    /// Seconds from the start of the recording to the first token.
    public var start: Double
    /// Seconds from the start of the recording to the end of the word; never less than `start`.
    public var end: Double
    /// Seconds from the start of the recording to the word's last token: the end as the search knows it.
    package var lastToken: Double
    /// How sure the model is of the word, 0…1, by the `ConfidenceScale` of the recognition.
    public var confidence: Float
    /// How fusion writes it, until the text is finished.
    package var fused: FusedWord?
    /// Index of the speaker, where speakers were separated.
    public var speaker: Int?

    /// A word with all of its facts.
    public init(text: String, start: Double, end: Double, confidence: Float, speaker: Int? = nil) {
        self.text = text
        self.start = start
        self.end = end
        lastToken = end
        self.confidence = confidence
        self.speaker = speaker
    }

    private enum CodingKeys: String, CodingKey {
        case text, start, end, confidence, speaker
    }

    /// Decodes what `encode(to:)` wrote.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            text: try values.decode(String.self, forKey: .text), start: try values.decode(Double.self, forKey: .start),
            end: try values.decode(Double.self, forKey: .end),
            confidence: try values.decode(Float.self, forKey: .confidence),
            speaker: try values.decodeIfPresent(Int.self, forKey: .speaker))
    }
}
