import Foundation

/// How two signals compare.
enum Measures {
    /// Correlation coefficient of `a` with `b` moved by `lag` samples, over the middle of both.
    static func correlation(_ a: [Float], _ b: [Float], lag: Int = 0, margin: Int = 1500) -> Double {
        let count = min(a.count, b.count)
        let range = (margin..<max(margin + 1, count - margin))
        guard range.lowerBound + min(0, lag) >= 0, range.upperBound + max(0, lag) <= count else { return 0 }
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                var index = range.lowerBound
                while index < range.upperBound {
                    let (x, y) = (Double(a[index + lag]), Double(b[index]))
                    ab += x * y
                    aa += x * x
                    bb += y * y
                    index += 1
                }
            }
        }
        return ab / (aa * bb).squareRoot()
    }

    /// The shift, within ±20 samples of `expected`, at which `a` looks most like `b`.
    static func bestLag(_ a: [Float], _ b: [Float], around expected: Int = 0) -> Int {
        let a = Array(a.prefix(9000))
        let b = Array(b.prefix(9000))
        let lags = (expected - 20)...(expected + 20)
        return lags.max { correlation(a, b, lag: $0) < correlation(a, b, lag: $1) } ?? .max
    }

    static func power(_ samples: some Collection<Float>) -> Double {
        samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(max(1, samples.count))
    }

    /// Ratio in dB of `signal` to what `other` differs from it.
    static func signalToNoise(_ signal: ArraySlice<Float>, _ other: ArraySlice<Float>) -> Double {
        10 * log10(power(signal) / max(1e-30, power(zip(signal, other).map { $0 - $1 })))
    }
}
