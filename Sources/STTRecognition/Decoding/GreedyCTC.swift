#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Best path of a CTC head (Graves et al. 2006): the best token of each frame, repeats and blanks removed. It has no bias.
package struct GreedyCTC: Sendable {
    private let blank: Int
    private let vocabularySize: Int

    package init(blank: Int, vocabularySize: Int) {
        self.blank = blank
        self.vocabularySize = vocabularySize
    }

    /// Searches `scores`, `[frame, token]`; at most `frameCount` frames, fewer when the scores end before.
    package func search(
        _ scores: UnsafeBufferPointer<Float>, frameCount: Int
    ) -> Hypothesis {
        guard vocabularySize > 0 else { return Hypothesis(tokens: [], frameCount: 0) }
        let count = min(max(frameCount, 0), scores.count / vocabularySize)
        var hypothesis = Hypothesis(tokens: [], frameCount: count)
        var previous = blank
        for frame in 0..<count {
            let first = frame * vocabularySize
            let row = UnsafeBufferPointer(rebasing: scores[first..<first + vocabularySize])
            let token = TokenScores.best(row, fallback: blank)
            defer { previous = token }
            guard token != previous, token != blank else { continue }
            let confidence = TokenScores.probability(of: token, in: row)
            hypothesis.tokens.append(DecodedToken(id: token, frame: frame, confidence: confidence))
            hypothesis.score += logf(confidence)
        }
        return hypothesis
    }
}
