import CMedia

/// The taps of a low-pass filter, cut into one row for each place an output sample can have between two input samples.
///
/// Flat to 0.95 of the lower rate's half, at least 90 dB down at that half itself: 7.6 and 8 kHz for 16 kHz.
struct PolyphaseFilter: Sendable {
    /// How many output samples (`up`) go with how many input samples (`down`), without common factor.
    let up: Int
    let down: Int
    /// Taps in a row, a multiple of 32.
    let tapCount: Int
    /// Input samples needed after the one that an output sample follows.
    let reach: Int
    /// Rows per input sample: `up`, or fewer with linear interpolation between two rows where `up` is large.
    private let rowCount: Int
    private let taps: [Float]

    /// Taps in all rows together.
    var tableCount: Int { taps.count }

    /// Designed for more than is promised, so that rounding and interpolation leave 90 dB.
    private static let attenuation = 98.0
    /// A table of exact rows is never larger than this; 44.1 kHz needs 106 000.
    private static let largestTable = 1 << 18
    /// Rows per sample of the lower rate: linear interpolation between them is exact to 106 dB.
    private static let interpolatedRows = 512.0

    init(from: Int, to: Int) {
        var (divisor, remainder) = (from, to)
        while remainder != 0 { (divisor, remainder) = (remainder, divisor % remainder) }
        (up, down) = (to / divisor, from / divisor)
        let lower = min(1, Double(to) / Double(from))
        let lowPass = WindowedSinc(cutOff: 0.4875 * lower, transition: 0.025 * lower, attenuation: Self.attenuation)
        let reach = Int(lowPass.halfWidth) + 1
        let tapCount = (2 * reach + 31) / 32 * 32
        let interpolatedRowCount = max(16, Int((Self.interpolatedRows * lower).rounded(.up)))
        let rowCount = up * tapCount <= Self.largestTable ? up : interpolatedRowCount
        var taps: [Float] = []
        taps.reserveCapacity((rowCount + 1) * tapCount)
        for row in 0...rowCount {
            let place = Double(row) / Double(rowCount)
            let values = (0..<tapCount).map { lowPass.value(at: place + Double(tapCount - 1 - reach - $0)) }
            let sum = values.reduce(0, +)
            taps.append(contentsOf: values.map { Float($0 / sum) })
        }
        (self.reach, self.tapCount, self.rowCount, self.taps) = (reach, tapCount, rowCount, taps)
    }

    /// The value at `phase / up` of the way from one input sample to the next.
    ///
    /// - Parameter window: `tapCount` input samples, of which the last lies `reach` after the first of the two.
    @inline(__always)
    func value(at phase: Int, of window: UnsafePointer<Float>) -> Float {
        taps.withUnsafeBufferPointer { taps in
            guard let taps = taps.baseAddress else { return 0 }
            let count = Int32(truncatingIfNeeded: tapCount)
            guard rowCount != up else { return media_dot(taps + phase * tapCount, window, count) }
            let position = phase * rowCount
            let row = taps + position / up * tapCount
            let share = Float(position % up) / Float(up)
            return media_dot(row, window, count) * (1 - share) + media_dot(row + tapCount, window, count) * share
        }
    }
}

extension PolyphaseFilter {
    private static let from11025 = PolyphaseFilter(from: 11_025, to: 16_000)
    private static let from22050 = PolyphaseFilter(from: 22_050, to: 16_000)
    private static let from44100 = PolyphaseFilter(from: 44_100, to: 16_000)

    /// The filter for two rates; the large tables of common rates are made once and shared.
    static func shared(from: Int, to: Int) -> PolyphaseFilter {
        switch (from, to) {
        case (11_025, 16_000): from11025
        case (22_050, 16_000): from22050
        case (44_100, 16_000): from44100
        default: PolyphaseFilter(from: from, to: to)
        }
    }
}
