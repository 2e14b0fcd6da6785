/// How often durations fell between fixed bounds, in the form of a Prometheus histogram.
package struct DurationHistogram: Sendable, Hashable {
    /// Upper bounds, each inclusive: the default buckets of the Prometheus client libraries, 5 ms…10 s, and on to
    /// ten minutes, since runs and waits of an overloaded machine last that long.
    package static let bounds: [Duration] = [
        .milliseconds(5), .milliseconds(10), .milliseconds(25), .milliseconds(50), .milliseconds(100),
        .milliseconds(250), .milliseconds(500), .seconds(1), .milliseconds(2_500), .seconds(5), .seconds(10),
        .seconds(30), .seconds(60), .seconds(120), .seconds(300), .seconds(600),
    ]

    /// Durations at most as long as each bound but longer than the one before; the last count is of those beyond.
    package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// All durations together.
    package private(set) var sum = Duration.zero

    /// Creates an empty histogram.
    package init() {}

    /// How many durations were counted.
    package var count: Int { counts.reduce(0, +) }

    mutating func record(_ duration: Duration) {
        let index = Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count
        counts[index] += 1
        sum += duration
    }
}
