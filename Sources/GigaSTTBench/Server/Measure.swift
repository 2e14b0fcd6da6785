import LiveBenchmark

/// A number that was measured, and what it should be where there is a promise about it.
struct Measure: Sendable, Encodable {
    /// What a value is held against.
    enum Target: Sendable {
        case atLeast(Double)
        case atMost(Double)
        case exactly(Double)
    }

    let part: String
    let name: String
    let value: Double
    let target: String?
    let isMet: Bool?

    init(_ part: ServerPart, _ name: String, _ value: Double, _ target: Target? = nil) {
        self.part = part.rawValue
        self.name = name
        self.value = value
        switch target {
        case nil: (self.target, isMet) = (nil, nil)
        case .atLeast(let bound): (self.target, isMet) = ("≥ \(Self.digits(bound))", value >= bound)
        case .atMost(let bound): (self.target, isMet) = ("≤ \(Self.digits(bound))", value <= bound)
        case .exactly(let wanted): (self.target, isMet) = ("\(Self.digits(wanted))", value == wanted)
        }
    }

    /// Whole numbers from 100 on, one digit behind the point below.
    private static func digits(_ value: Double) -> String {
        let rounded = abs(value) >= 100 ? value.rounded() : (value * 10).rounded() / 10
        return Int(exactly: rounded).map(String.init) ?? "\(rounded)"
    }

    /// The table of some measures.
    static func table(_ measures: [Measure]) -> String {
        var table = Table(["measure", "value", "target", "met"])
        for measure in measures {
            table.add([
                "\(measure.part): \(measure.name)", digits(measure.value), measure.target ?? "",
                measure.isMet.map { $0 ? "yes" : "no" } ?? "",
            ])
        }
        return table.rendered
    }
}

extension [Double] {
    /// Median and a high percentile of times in seconds, as measures in milliseconds.
    func measures(
        _ part: ServerPart, _ name: String, high percentile: Int = 95, target: Measure.Target? = nil
    ) -> [Measure] {
        guard !isEmpty else { return [] }
        return [
            Measure(part, "\(name) p50, ms", median * 1_000),
            Measure(part, "\(name) p\(percentile), ms", self.percentile(Double(percentile) / 100) * 1_000, target),
        ]
    }
}
