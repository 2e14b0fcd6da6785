/// What the open utterance sounds like so far: text that may still change, and the part that will not.
public struct Partial: Sendable, Hashable {
    /// The words since the last final; they replace those of the previous partial.
    public var words: [Word]
    /// How many of the first words will not change before the final. Never falls within an utterance.
    public var stableWordCount: Int

    /// A partial whose first `stableWordCount` words are settled.
    public init(words: [Word], stableWordCount: Int) {
        self.words = words
        self.stableWordCount = min(max(stableWordCount, 0), words.count)
    }

    /// The words joined by single spaces.
    public var text: String { words.map(\.text).joined(separator: " ") }
    /// The settled words joined by single spaces.
    public var stableText: String { words.prefix(stableWordCount).map(\.text).joined(separator: " ") }
    /// The words after the settled ones, joined by single spaces: they may still change.
    public var unstableText: String { words.dropFirst(stableWordCount).map(\.text).joined(separator: " ") }
}
