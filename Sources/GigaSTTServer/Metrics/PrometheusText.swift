/// The text format 0.0.4 of Prometheus (its documentation, "Exposition formats"), in the order of the gigastt 2.3
/// contract: counters, gauges, histograms, each by name, a blank line after each family.
enum PrometheusText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// All families. One without samples still has its `HELP` and `TYPE` lines.
    static func render(_ families: [MetricFamily]) -> String {
        MetricFamily.Kind.allCases.map { kind in
            families.filter { $0.kind == kind }.sorted { $0.name < $1.name }.map(render).joined()
        }.joined()
    }

    private static func render(_ family: MetricFamily) -> String {
        let help = family.help.replacing("\\", with: #"\\"#).replacing("\n", with: #"\n"#)
        let head = "# HELP \(family.name) \(help)\n# TYPE \(family.name) \(family.kind.rawValue)\n"
        let samples = family.series.map { (labels: $0.labels.sorted { $0.name < $1.name }.map(render), $0.value) }
        let lines = samples.sorted { $0.labels.lexicographicallyPrecedes($1.labels) }
            .flatMap { render(family.name, $0.labels, $0.1) }
        return head + lines.map { $0 + "\n" }.joined() + "\n"
    }

    private static func render(_ name: String, _ labels: [String], _ value: MetricFamily.Value) -> [String] {
        switch value {
        case .number(let number): return [line(name, labels, render(number))]
        case .histogram(let histogram):
            var count = 0
            let bounds = histogram.bounds.map(render) + ["+Inf"]
            let buckets = zip(bounds, histogram.counts).map { bound, own in
                count += own
                return line(name + "_bucket", labels + [#"le="\#(bound)""#], "\(count)")
            }
            return buckets + [
                line(name + "_sum", labels, render(histogram.sum)), line(name + "_count", labels, "\(count)"),
            ]
        }
    }

    private static func line(_ name: String, _ labels: [String], _ value: String) -> String {
        labels.isEmpty ? "\(name) \(value)" : "\(name){\(labels.joined(separator: ","))} \(value)"
    }

    private static func render(_ label: MetricFamily.Label) -> String {
        let value = label.value.replacing("\\", with: #"\\"#).replacing("\"", with: #"\""#).replacing(
            "\n", with: #"\n"#)
        return #"\#(label.name)="\#(value)""#
    }

    /// The shortest form that reads back as the same number: `1`, not `1.0`.
    static func render(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        // Exact up to here, and written without an exponent.
        return abs(number) < 9_007_199_254_740_992 && number.rounded() == number ? "\(Int(number))" : "\(number)"
    }
}
