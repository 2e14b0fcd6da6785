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

    /// The best token when those that `bias` favours after `state` are worth more.
    static func best(
        _ scores: UnsafeBufferPointer<Float>, fallback: Int, bias: TokenBias, after state: TokenBias.State
    ) -> Int {
        var best = best(scores, fallback: fallback)
        guard scores.indices.contains(best) else { return best }
        var highest = scores[best]
        bias.forEachFavoured(after: state) { token, bonus in
            guard scores.indices.contains(token), scores[token] + bonus > highest else { return }
            (best, highest) = (token, scores[token] + bonus)
        }
        return best
    }

    /// Softmax probability of `index`: exp(x − max) / Σ exp(xᵢ − max).
    static func probability(of index: Int, in scores: UnsafeBufferPointer<Float>) -> Float {
        guard scores.indices.contains(index) else { return 0 }
        let highest = scores.max() ?? 0
        let total = scores.reduce(Float(0)) { $0 + expf($1 - highest) }
        return total > 0 ? expf(scores[index] - highest) / total : 0
    }

    /// Logarithm of the sum of the exponentials: what turns a score into the logarithm of a probability.
    static func logSum(_ scores: UnsafeBufferPointer<Float>) -> Float {
        let highest = scores.max() ?? 0
        return highest + logf(scores.reduce(Float(0)) { $0 + expf($1 - highest) })
    }
}
