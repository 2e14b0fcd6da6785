import Synchronization

/// The series of one family: a value for each combination of labels, changed from any thread.
final class SeriesTable<Value: Sendable>: Sendable {
    /// Most series of one family. Label values come from short lists, some 200 combinations; the bound guards against a
    /// label with client data.
    static var seriesLimit: Int { 1_000 }

    private let name: String
    private let kind: MetricFamily.Kind
    private let help: String
    private let labels: [String]
    private let values = Mutex<[[String]: Value]>([:])

    init(_ name: String, _ kind: MetricFamily.Kind, _ help: String, _ labels: [String]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
    }

    /// Changes the value of a series; beyond the limit a new combination is counted under `other`.
    func change(_ key: [String], from initial: Value, _ body: (inout Value) -> Void) {
        values.withLock { values in
            let isKnown = values[key] != nil || values.count < Self.seriesLimit
            body(&values[isKnown ? key : labels.map { _ in "other" }, default: initial])
        }
    }
}

extension SeriesTable where Value == Double {
    var family: MetricFamily { family { .number($0) } }
}

extension SeriesTable where Value == Histogram {
    var family: MetricFamily { family { .histogram($0) } }
}

extension SeriesTable {
    private func family(_ wrap: (Value) -> MetricFamily.Value) -> MetricFamily {
        let series = values.withLock { $0 }.map { key, value in
            let labels = zip(labels, key).map { MetricFamily.Label(name: $0, value: $1) }
            return MetricFamily.Series(labels: labels, value: wrap(value))
        }
        return MetricFamily(name: name, kind: kind, help: help, series: series)
    }
}
