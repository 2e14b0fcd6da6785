/// A metric family: all series of one name.
struct MetricFamily: Sendable, Hashable {
    /// The order of the cases is that of the text.
    enum Kind: String, Sendable, CaseIterable { case counter, gauge, histogram }

    enum Value: Sendable, Hashable {
        case number(Double)
        case histogram(Histogram)
    }

    struct Label: Sendable, Hashable {
        let name: String
        let value: String
    }

    struct Series: Sendable, Hashable {
        var labels: [Label] = []
        let value: Value
    }

    let name: String
    let kind: Kind
    let help: String
    var series: [Series]

    /// A gauge that was read just now; without a value it has no sample.
    static func gauge(_ name: String, _ help: String, _ value: Double?) -> MetricFamily {
        MetricFamily(name: name, kind: .gauge, help: help, series: value.map { [Series(value: .number($0))] } ?? [])
    }
}
