import CoreMetrics
import Testing

@testable import GigaSTTServer

@Suite struct ReportedMetricsTests {
    private func lines(_ registry: MetricsRegistry) -> [Substring] {
        PrometheusText.render(registry.families).split(separator: "\n").filter { !$0.hasPrefix("#") }
    }

    @Test func whatLibrariesReportIsExposedBesideTheServersOwn() {
        let registry = MetricsRegistry()
        registry.counter("own_total", "").add()
        let factory = ReportedMetrics(registry)
        let counter = CoreMetrics.Counter(label: "hb.requests", dimensions: [("http.route", "/x\"")], factory: factory)
        counter.increment()
        counter.increment(by: 2)
        CoreMetrics.Counter(label: "hb.requests", dimensions: [("http.route", "/y")], factory: factory).increment()
        let meter = Meter(label: "active", dimensions: [], factory: factory)
        meter.increment(by: 3)
        meter.decrement(by: 1)
        CoreMetrics.Gauge(label: "1gauge", dimensions: [], factory: factory).record(2.5)
        CoreMetrics.Timer(label: "took", dimensions: [], factory: factory).recordMilliseconds(250)
        let lines = lines(registry)
        #expect(lines.contains("own_total 1") && lines.contains("active 2") && lines.contains("_1gauge 2.5"))
        #expect(lines.contains(#"hb_requests_total{http_route="/x\""} 3"#))
        #expect(lines.contains(#"hb_requests_total{http_route="/y"} 1"#))
        #expect(lines.contains(#"took_seconds_bucket{le="0.25"} 1"#) && lines.contains("took_seconds_sum 0.25"))
        #expect(lines.contains(#"took_seconds_bucket{le="0.1"} 0"#))
    }

    @Test func labelsThatGrowWithoutEndAreBounded() {
        let registry = MetricsRegistry()
        let factory = ReportedMetrics(registry)
        for number in 0..<ReportedMetrics.limit + 50 {
            CoreMetrics.Counter(label: "c", dimensions: [("n", "\(number)")], factory: factory).increment()
            CoreMetrics.Counter(label: "c\(number)", dimensions: [], factory: factory).increment()
        }
        #expect(registry.families.count == ReportedMetrics.limit)
        #expect(registry.families.allSatisfy { $0.series.count <= ReportedMetrics.limit })
    }
}
