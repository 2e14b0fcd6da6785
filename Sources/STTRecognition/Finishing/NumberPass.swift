package import STTText
package import STTValues

/// Writes the numerals among the words in digits. The first pass: it reads the words, not the text.
package struct NumberPass: TextPass {
    private let rules: NumberRules

    package init(rules: NumberRules) { self.rules = rules }

    package func apply(to text: FinishedText, of words: [Word], isComplete: Bool) -> FinishedText {
        let output = rules.apply(to: words.map(\.text))
        let settled = isComplete ? words.count : settledCount(words.prefix(text.settledWordCount))
        var result = FinishedText(text: "", spans: [], settledWordCount: settled)
        result.masks = text.masks
        for token in output.tokens {
            if token.source.lowerBound > 0 { result.text += " " }
            let start = result.text.utf8.count
            result.text += token.text
            result.spans += Array(repeating: start..<result.text.utf8.count, count: token.source.count)
        }
        return result
    }

    /// What is written alike whatever follows these words.
    private func settledCount(_ words: ArraySlice<Word>) -> Int {
        rules.apply(to: words.map(\.text)).settledWordCount
    }
}
