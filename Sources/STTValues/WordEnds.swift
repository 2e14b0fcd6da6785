/// What the end of a word is.
public enum WordEnds: Sendable, Hashable, CaseIterable {
    /// Where its sound ends: at a pause, or where the next word begins.
    case spoken
    /// Where the model emitted its last token, as gigastt gives it: some 40 to 300 ms early. A word of one token has no
    /// length.
    case lastToken
}
