/// Restores punctuation and capitals with a token classifier.
package struct Punctuator: Sendable {
    /// What a model makes of the ids of a sequence: for each of them a score for each label.
    ///
    /// Blocks while the model runs.
    package typealias Classifier = @Sendable (_ ids: [Int]) throws -> [[Float]]

    /// Pieces that a window may have; one with more is halved. The position tables of the models end at 2048.
    static let longestSequence = 2_000

    private let tokenizer: WordPieceTokenizer
    private let labels: [PunctuationLabel]

    /// Labels in the order of the scores of the model.
    package init(tokenizer: WordPieceTokenizer, labels: [PunctuationLabel]) {
        self.tokenizer = tokenizer
        self.labels = labels
    }

    /// The words with their marks and capitals, one for each of `words`.
    ///
    /// A window that the classifier fails for keeps its words as they are; `onFailure` gets why. When it fails for all of them,
    /// its last error is thrown.
    package func punctuate(
        _ words: [String], onFailure: (any Error) -> Void = { _ in }, classifier: Classifier
    ) throws -> [String] {
        guard !words.isEmpty else { return [] }
        var result = words
        var failure: (any Error)?
        var isDone = false
        for window in PunctuationWindows.windows(wordCount: words.count) {
            do {
                let found = try label(Array(words[window.words]), classifier)
                for index in window.kept {
                    result[index] = found[index - window.words.lowerBound].apply(to: words[index])
                }
                isDone = true
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                failure = error
                onFailure(error)
            }
        }
        if let failure, !isDone { throw failure }
        return result
    }

    /// The label of each word: that of its first piece.
    private func label(_ words: [String], _ classifier: Classifier) throws -> [PunctuationLabel] {
        let text = words.joined(separator: " ")
        let pieces = tokenizer.pieces(text)
        if pieces.count > Self.longestSequence, words.count > 1 {
            let middle = words.count / 2
            return try label(Array(words[..<middle]), classifier) + label(Array(words[middle...]), classifier)
        }
        // Pieces are found by where they are: punctuation inside a word makes more of them than there are words.
        var starts: [Int] = []
        var offset = 0
        for word in words {
            starts.append(offset)
            offset += word.utf8.count + 1
        }
        let bounded = pieces.prefix(Self.longestSequence)
        let scores = try classifier([tokenizer.first] + bounded.map(\.id) + [tokenizer.last])
        guard scores.count == bounded.count + 2, scores.allSatisfy({ $0.count == labels.count }) else {
            throw TextModelError("The punctuation model gave results of another shape than its labels.")
        }
        var found: [PunctuationLabel?] = Array(repeating: nil, count: words.count)
        var word = 0
        for (piece, scores) in zip(bounded, scores.dropFirst()) {
            while word + 1 < words.count, piece.offset >= starts[word + 1] { word += 1 }
            guard found[word] == nil else { continue }
            var best = 0
            for index in scores.indices where scores[index] > scores[best] { best = index }
            found[word] = labels[best]
        }
        // The reference gives a word without pieces the first label.
        return found.map { $0 ?? labels.first ?? PunctuationLabel(name: "") }
    }
}
