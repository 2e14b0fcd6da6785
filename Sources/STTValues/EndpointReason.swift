/// Why an utterance ended where it did.
public enum EndpointReason: String, Sendable, Hashable, Codable, CaseIterable {
    /// The voice-activity detector saw enough trailing silence.
    case silence
    /// The search emitted nothing for long enough.
    case blankRun
    /// The utterance reached the longest length the model takes; speech goes on in the next one.
    case maximumLength
    /// The caller asked for a final.
    case flush
    /// The audio ended.
    case endOfInput
}
