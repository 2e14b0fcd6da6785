import CMedia

/// How alike two signals are at each delay of one against the other.
///
/// One voice that reaches two channels gives a peak near ±1, whichever channel is late and whichever is inverted.
struct LagCorrelation: Sendable {
    /// The delay, in samples by which the second signal is late, and the correlation at that delay.
    struct Peak: Sendable, Hashable {
        var lag = 0
        var value = 0.0
    }

    /// A mean power of both signals below this is silence (−70 dBFS).
    static let silence = 1e-7

    private let reach: Int
    /// Sums of products, for delays from −`reach` to `reach`.
    private var products: [Double]
    private var powers = (first: 0.0, second: 0.0)

    /// - Parameter reach: the longest delay that is looked for, in samples.
    init(reach: Int) {
        self.reach = reach
        products = [Double](repeating: 0, count: 2 * reach + 1)
    }

    /// Takes one more stretch of both signals, equally long and without mean. Silence is left out.
    ///
    /// Costs `2 · reach + 1` products of vectors.
    mutating func append(_ first: [Float], _ second: [Float]) {
        let count = (min(first.count, second.count) - 2 * reach) / 32 * 32
        guard count > 0 else { return }
        first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                // Proof: places from 0 to 2 · reach + count − 1 are read, which both signals have.
                guard let a = first.baseAddress.map({ $0 + reach }), let b = second.baseAddress else { return }
                let length = Int32(clamping: count)
                let power = (Double(media_dot(a, a, length)), Double(media_dot(b + reach, b + reach, length)))
                guard min(power.0, power.1) >= Self.silence * Double(count) else { return }
                powers.first += power.0
                powers.second += power.1
                for index in products.indices { products[index] += Double(media_dot(a, b + index, length)) }
            }
        }
    }

    /// The delay of the largest correlation, by its magnitude; of equals the shortest. 0 for silence.
    ///
    /// The correlation is that of a parabola through the largest value and its neighbours: a delay may lie between two.
    var peak: Peak {
        var best = Peak(lag: 0, value: value(at: 0))
        for lag in products.indices.map({ $0 - reach }) where abs(value(at: lag)) > abs(best.value) {
            best = Peak(lag: lag, value: value(at: lag))
        }
        guard abs(best.lag) < reach else { return best }
        let (left, right) = (value(at: best.lag - 1), value(at: best.lag + 1))
        let curvature = left - 2 * best.value + right
        if curvature != 0 { best.value -= (left - right) * (left - right) / (8 * curvature) }
        return best
    }

    /// The correlation at a delay within the reach, −1…1.
    func value(at lag: Int) -> Double {
        let deviations = (powers.first * powers.second).squareRoot()
        return deviations > 0 ? products[reach + lag] / deviations : 0
    }
}
