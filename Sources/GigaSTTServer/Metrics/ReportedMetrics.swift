import CoreMetrics
import Synchronization

/// The backend of swift-metrics: what libraries report is exposed beside the server's own metrics, under their labels
/// in the characters that Prometheus allows.
final class ReportedMetrics: MetricsFactory {
    /// Most families, and most series of one family: labels of libraries may come from clients.
    static let limit = 200

    fileprivate struct Name: Hashable {
        let family: String
        let kind: MetricFamily.Kind
    }

    private typealias Series = [[MetricFamily.Label]: MetricFamily.Value]
    private let families = Mutex<[Name: Series]>([:])

    /// A backend whose families are part of `registry`.
    init(_ registry: MetricsRegistry) {
        registry.sample { self.snapshot }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        ReportedCounter(ReportedSeries(self, label, .counter, suffix: "_total", dimensions))
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        ReportedGauge(ReportedSeries(self, label, .gauge, dimensions))
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate
            ? ReportedHistogram(ReportedSeries(self, label, .histogram, dimensions))
            : ReportedGauge(ReportedSeries(self, label, .gauge, dimensions))
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        ReportedHistogram(ReportedSeries(self, label, .histogram, suffix: "_seconds", dimensions))
    }

    // Series stay until the end: their number is bounded, and Prometheus expects counters to last.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    fileprivate func change(
        _ name: Name, _ labels: [MetricFamily.Label], _ body: (inout MetricFamily.Value) -> Void
    ) {
        families.withLock { families in
            guard families[name] != nil || families.count < Self.limit else { return }
            var series = families[name] ?? [:]
            families[name] = nil  // so that it is changed in place
            defer { families[name] = series }
            guard series[labels] != nil || series.count < Self.limit else { return }
            let initial: MetricFamily.Value =
                name.kind == .histogram ? .histogram(Histogram(bounds: Histogram.durations)) : .number(0)
            body(&series[labels, default: initial])
        }
    }

    private var snapshot: [MetricFamily] {
        families.withLock { $0 }.map { name, series in
            MetricFamily(
                name: name.family, kind: name.kind, help: "Reported by a library",
                series: series.map { MetricFamily.Series(labels: $0, value: $1) })
        }
    }
}

/// One series of a library.
private struct ReportedSeries: Sendable {
    private let metrics: ReportedMetrics
    private let name: ReportedMetrics.Name
    private let labels: [MetricFamily.Label]

    init(
        _ metrics: ReportedMetrics, _ label: String, _ kind: MetricFamily.Kind, suffix: String = "",
        _ dimensions: [(String, String)]
    ) {
        self.metrics = metrics
        let plain = Self.plain(label)
        name = ReportedMetrics.Name(family: plain.hasSuffix(suffix) ? plain : plain + suffix, kind: kind)
        labels = dimensions.map { MetricFamily.Label(name: Self.plain($0), value: $1) }
    }

    func change(_ body: (Double) -> Double) {
        metrics.change(name, labels) { value in
            if case .number(let number) = value { value = .number(body(number)) }
        }
    }

    func record(_ number: Double) {
        metrics.change(name, labels) { value in
            guard case .histogram(var histogram) = value else { return }
            histogram.record(number)
            value = .histogram(histogram)
        }
    }

    /// The name in letters, digits and underscores, not beginning with a digit.
    private static func plain(_ name: String) -> String {
        let plain = name.unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? String(scalar) : "_"
        }.joined()
        return plain.first?.isNumber == true ? "_" + plain : plain
    }
}

private final class ReportedCounter: CounterHandler {
    private let series: ReportedSeries
    init(_ series: ReportedSeries) { self.series = series }

    func increment(by amount: Int64) { series.change { $0 + Double(max(0, amount)) } }
    func reset() { series.change { _ in 0 } }
}

private final class ReportedGauge: MeterHandler, RecorderHandler {
    private let series: ReportedSeries
    init(_ series: ReportedSeries) { self.series = series }

    func set(_ value: Int64) { series.change { _ in Double(value) } }
    func set(_ value: Double) { series.change { _ in value } }
    func increment(by amount: Double) { series.change { $0 + amount } }
    func decrement(by amount: Double) { series.change { $0 - amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
}

private final class ReportedHistogram: RecorderHandler, TimerHandler {
    private let series: ReportedSeries
    init(_ series: ReportedSeries) { self.series = series }

    func record(_ value: Int64) { series.record(Double(value)) }
    func record(_ value: Double) { series.record(value) }
    func recordNanoseconds(_ duration: Int64) { series.record(Double(duration) / 1_000_000_000) }
}
