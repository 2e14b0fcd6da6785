#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Choices among the scores (logits or log-probabilities) of one step.
enum TokenScores {
    /// Index of the highest score; the last one of equals, as gigastt chooses. `fallback` when there are none, or none
    /// is a number.
    static func best(_ scores: UnsafeBufferPointer<Float>, fallback: Int) -> Int {
        var best = fallback
        var highest = -Float.infinity
        for index in scores.indices where scores[index] >= highest { (best, highest) = (index, scores[index]) }
        return best
    }

    /// Softmax probability of `index`: exp(x − max) / Σ exp(xᵢ − max).
    static func probability(of index: Int, in scores: UnsafeBufferPointer<Float>) -> Float {
        guard scores.indices.contains(index) else { return 0 }
        let highest = scores.max() ?? 0
        let total = scores.reduce(Float(0)) { $0 + expf($1 - highest) }
        return total > 0 ? expf(scores[index] - highest) / total : 0
    }
}
