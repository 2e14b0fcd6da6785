package import STTValues

/// A text made of words, and which part of it each word is.
package struct FinishedText: Sendable, Hashable {
    package var text: String
    /// The part that each word is, in UTF-8 bytes from the start of `text`: one range a word, in order. Words that were
    /// written as one share a range; a word that is not written has an empty one.
    package var spans: [Range<Int>]
    /// How many of the first words are written as they will stay, whatever words follow.
    package var settledWordCount: Int
    /// The words that are masked together and why, in order; `nil` when no masking was asked for.
    package var masks: [Mask]?

    package struct Mask: Sendable, Hashable {
        /// A kind of `MaskRules`; `nil` for a number whose kind is not decided yet.
        package var kind: String?
        package var words: Range<Int>
    }

    package init(text: String, spans: [Range<Int>], settledWordCount: Int) {
        self.text = text
        self.spans = spans
        self.settledWordCount = settledWordCount
    }

    /// The words joined by single spaces.
    package init(_ words: [Word]) {
        text = words.map(\.text).joined(separator: " ")
        spans = []
        var start = 0
        for word in words {
            let end = start + word.text.utf8.count
            spans.append(start..<end)
            start = end + 1
        }
        settledWordCount = words.count
    }

    /// Whether there is one range for each of so many words, in order and within the text.
    func isMap(of wordCount: Int) -> Bool {
        let length = text.utf8.count
        return spans.count == wordCount && spans.allSatisfy { $0.upperBound <= length }
            && zip(spans, spans.dropFirst()).allSatisfy { $0.lowerBound <= $1.lowerBound }
            && (0...wordCount).contains(settledWordCount)
    }
}

/// One step from words to text: numbers as digits, punctuation, masking.
package protocol TextPass: Sendable {
    /// Writes `text`, which is made of `words`, in another way. Blocks; runs on a worker.
    ///
    /// `isComplete`: no words follow, so everything is settled. Without, the words behind the settled ones of `text` may
    /// become others, and more may follow: of the settled ones the pass returns those that it will write alike then.
    func apply(to text: FinishedText, of words: [Word], isComplete: Bool) throws -> FinishedText
}
