import STTInference

/// How many values fell between fixed bounds, and their sum.
struct Histogram: Sendable, Hashable {
    /// Upper bounds, each inclusive, ascending.
    let bounds: [Double]
    /// Values at most as large as each bound but larger than the one before; the last count is of those beyond.
    private(set) var counts: [Int]
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// What the inference queue has counted.
    init(_ durations: DurationHistogram) {
        bounds = Self.durations
        counts = durations.counts
        sum = durations.sum / .seconds(1)
    }

    var count: Int { counts.reduce(0, +) }

    mutating func record(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    /// The two as if their values had been recorded in one; they have the same bounds.
    func merged(with other: Histogram) -> Histogram {
        var result = self
        result.counts = zip(counts, other.counts).map(+)
        result.sum += other.sum
        return result
    }

    /// Seconds that something takes: those of the gigastt 2.3 contract, 5 ms…10 s, and on to ten minutes.
    static let durations = DurationHistogram.bounds.map { $0 / .seconds(1) }
    /// Seconds of a recording: a word to four hours.
    static let lengths = [1.0, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 14_400]
    /// Seconds of work for a second of audio.
    static let timeFactors = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
}
