import Synchronization

/// What can be measured, in the order in which it was announced.
final class MetricsRegistry: Sendable {
    private let sources = Mutex<[@Sendable () -> [MetricFamily]]>([])

    /// A number that only grows.
    func counter(_ name: String, _ help: String, labels: [String] = []) -> Counter {
        let counter = Counter(SeriesTable(name, .counter, help, labels))
        sample { [counter.table.family] }
        return counter
    }

    /// A number that goes up and down with what happens.
    func gauge(_ name: String, _ help: String) -> Gauge {
        let gauge = Gauge(name: name, help: help)
        sample { [gauge.family] }
        return gauge
    }

    /// How values are distributed.
    func distribution(
        _ name: String, _ help: String, labels: [String] = [], bounds: [Double] = Histogram.durations
    ) -> Distribution {
        let distribution = Distribution(SeriesTable(name, .histogram, help, labels), bounds: bounds)
        sample { [distribution.table.family] }
        return distribution
    }

    /// What is read at the moment of the scrape, so that it is never stale.
    func sample(_ read: @escaping @Sendable () -> [MetricFamily]) { sources.withLock { $0.append(read) } }

    /// Everything now.
    var families: [MetricFamily] { sources.withLock { $0 }.flatMap { $0() } }
}

/// A number that only grows, for each combination of labels; a combination appears with its first increment.
final class Counter: Sendable {
    fileprivate let table: SeriesTable<Double>
    fileprivate init(_ table: SeriesTable<Double>) { self.table = table }

    /// Adds to the series with these values of the labels, in the order in which they were announced.
    func add(_ amount: Double = 1, _ labels: String...) { table.change(labels, from: 0) { $0 += amount } }
}

/// How values are distributed, for each combination of labels; a combination appears with its first value.
final class Distribution: Sendable {
    fileprivate let table: SeriesTable<Histogram>
    private let bounds: [Double]

    fileprivate init(_ table: SeriesTable<Histogram>, bounds: [Double]) {
        self.table = table
        self.bounds = bounds
    }

    /// Counts a value in the series with these values of the labels, in the order in which they were announced.
    func record(_ value: Double, _ labels: String...) {
        table.change(labels, from: Histogram(bounds: bounds)) { $0.record(value) }
    }

    /// Counts a duration in seconds.
    func record(_ duration: Duration) { record(duration / .seconds(1)) }
}

/// A number that goes up and down.
final class Gauge: Sendable {
    private let value = Mutex(0.0)
    private let name: String
    private let help: String

    fileprivate init(name: String, help: String) {
        self.name = name
        self.help = help
    }

    func add(_ amount: Double) { value.withLock { $0 += amount } }

    fileprivate var family: MetricFamily { .gauge(name, help, value.withLock { $0 }) }
}
