/// How alike two channels are: Pearson's correlation of their samples, −1…1, in one pass.
struct ChannelCorrelation: Sendable {
    /// A product of standard deviations below this is silence, which is like nothing.
    private static let silence = 1e-12

    private var count = 0.0
    private var sums = (first: 0.0, second: 0.0)
    private var squares = (first: 0.0, second: 0.0)
    private var products = 0.0

    /// Takes samples that belong together; what one channel has beyond the other is left out.
    mutating func append(_ first: ArraySlice<Float>, _ second: ArraySlice<Float>) {
        for (a, b) in zip(first, second) {
            let (a, b) = (Double(a), Double(b))
            sums.first += a
            sums.second += b
            squares.first += a * a
            squares.second += b * b
            products += a * b
        }
        count += Double(min(first.count, second.count))
    }

    /// The correlation of everything so far; 0 where a channel is constant.
    var value: Double {
        guard count > 0 else { return 0 }
        let mean = (first: sums.first / count, second: sums.second / count)
        let variance = (
            first: max(0, squares.first / count - mean.first * mean.first),
            second: max(0, squares.second / count - mean.second * mean.second)
        )
        let deviations = (variance.first * variance.second).squareRoot()
        guard deviations >= Self.silence else { return 0 }
        return (products / count - mean.first * mean.second) / deviations
    }
}
