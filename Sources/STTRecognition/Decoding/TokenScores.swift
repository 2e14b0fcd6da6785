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
        return Softmax(scores).probability(of: scores[index])
    }

    /// Logarithm of the sum of the exponentials: what turns a score into the logarithm of a probability.
    static func logSum(_ scores: UnsafeBufferPointer<Float>) -> Float { Softmax(scores).logSum }
}

/// What turns the scores of one step into probabilities.
struct Softmax {
    private let highest: Float
    private let total: Float

    init(_ scores: UnsafeBufferPointer<Float>) {
        let highest = scores.max() ?? 0
        self.highest = highest
        total = scores.reduce(Float(0)) { $0 + expf($1 - highest) }
    }

    var logSum: Float { highest + logf(total) }

    func probability(of score: Float) -> Float { total > 0 ? expf(score - highest) / total : 0 }

    func logarithm(of score: Float) -> Float { score - highest - logf(total) }
}
