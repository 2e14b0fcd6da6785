/// A place in a recording, and how the text formats write it.
struct Timestamp: Sendable, Hashable {
    /// Seconds from the start, 0…10¹²: every count of milliseconds below is exact in a `Double` and fits an `Int`.
    private let seconds: Double

    /// Seconds below 0, and those that are no number, count as 0; more than 10¹² count as 10¹².
    init(seconds: Double) {
        self.seconds = seconds > 0 ? min(seconds, 1e12) : 0
    }

    /// `HH:MM:SS`, the separator, `mmm`; rounded to milliseconds, halves up; two digits of hours or more.
    func subtitle(fractionSeparator: String) -> String {
        let (total, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        return [total / 3600, total / 60 % 60, total % 60].map { $0.zeroPadded(to: 2) }.joined(separator: ":")
            + fractionSeparator + fraction.zeroPadded(to: 3)
    }

    /// Whole milliseconds, halves up.
    var milliseconds: Int { Self.nearest(seconds * 1000) }

    /// `H:MM:SS.cc`, as in Advanced SubStation Alpha; rounded to hundredths, halves up.
    var hundredths: String {
        let (total, fraction) = Self.nearest(seconds * 100).quotientAndRemainder(dividingBy: 100)
        let clock = [total / 60 % 60, total % 60].map { $0.zeroPadded(to: 2) }.joined(separator: ":")
        return "\(total / 3600):\(clock).\(fraction.zeroPadded(to: 2))"
    }

    /// `MM:SS`, or `HH:MM:SS` from one hour on; rounded to whole seconds, halves up.
    var heading: String {
        let total = Self.nearest(seconds)
        let hours = total >= 3600 ? [total / 3600] : []
        return (hours + [total / 60 % 60, total % 60]).map { $0.zeroPadded(to: 2) }.joined(separator: ":")
    }

    /// The nearest whole number, halves up.
    ///
    /// Not `rounded()`: on Linux that calls the C mathematics library, which nothing else here needs.
    private static func nearest(_ value: Double) -> Int {
        let whole = Int(value)
        return value - Double(whole) < 0.5 ? whole : whole + 1
    }
}
