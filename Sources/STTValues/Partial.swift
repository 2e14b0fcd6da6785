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

    /// What text passes made of the words; `nil` without passes.
    package private(set) var written: Written?

    /// The text of a partial, and how much of it is committed, in UTF-8 bytes and in words.
    package struct Written: Sendable, Hashable {
        package let text: String
        package let committedByteCount: Int
        package let committedWordCount: Int

        package var committedText: String { String(decoding: text.utf8.prefix(committedByteCount), as: UTF8.self) }
    }

    /// The words joined by single spaces, unless text passes wrote them in another way.
    public var text: String { written?.text ?? words.map(\.text).joined(separator: " ") }
    /// The beginning of `text` that will not change before the final: the settled words as every text pass will write
    /// them, whatever words follow. `text` is this and `tentativeText`, without a space between them.
    public var committedText: String {
        written?.committedText ?? stableText
    }
    /// The rest of `text`, which may still change.
    public var tentativeText: String {
        String(decoding: text.utf8.dropFirst(written?.committedByteCount ?? stableText.utf8.count), as: UTF8.self)
    }
    /// The settled words joined by single spaces, as the model spelled them.
    public var stableText: String { words.prefix(stableWordCount).map(\.text).joined(separator: " ") }
    /// The words after the settled ones, joined by single spaces, as the model spelled them: they may still change.
    public var unstableText: String { words.dropFirst(stableWordCount).map(\.text).joined(separator: " ") }

    /// How many of the words `committedText` is the text of.
    package var committedWordCount: Int { written?.committedWordCount ?? stableWordCount }

    /// Takes the text that text passes give.
    package mutating func write(_ text: String, committed byteCount: Int, of wordCount: Int) {
        written = Written(
            text: text, committedByteCount: min(max(byteCount, 0), text.utf8.count),
            committedWordCount: min(max(wordCount, 0), words.count))
    }
}
