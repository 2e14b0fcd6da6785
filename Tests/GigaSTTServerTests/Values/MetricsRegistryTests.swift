import GigaSTT
import Testing

@testable import GigaSTTServer

@Suite struct MetricsRegistryTests {
    private func lines(_ registry: MetricsRegistry) -> [Substring] {
        PrometheusText.render(registry.families).split(separator: "\n").filter { !$0.hasPrefix("#") }
    }

    @Test func countersAppearWithTheirFirstIncrement() {
        let registry = MetricsRegistry()
        let plain = registry.counter("plain_total", "")
        let labelled = registry.counter("labelled_total", "", labels: ["a", "b"])
        #expect(lines(registry) == [])
        plain.add()
        plain.add(2)
        labelled.add(1, "x", "y")
        labelled.add(0.5, "x", "z")
        #expect(
            lines(registry) == [
                #"labelled_total{a="x",b="y"} 1"#, #"labelled_total{a="x",b="z"} 0.5"#, "plain_total 3",
            ])
    }

    @Test func gaugesGoUpAndDown() {
        let registry = MetricsRegistry()
        let gauge = registry.gauge("g", "")
        #expect(lines(registry) == ["g 0"])
        gauge.add(1)
        gauge.add(1)
        gauge.add(-1)
        #expect(lines(registry) == ["g 1"])
    }

    @Test func sampledValuesAreReadAtTheMoment() {
        let registry = MetricsRegistry()
        let source = registry.gauge("source", "")
        registry.sample { [.gauge("copy", "", source.add(1) == () ? 1 : nil)] }
        #expect(lines(registry) == ["copy 1", "source 0"])
        #expect(lines(registry) == ["copy 1", "source 1"])
    }

    @Test func seriesBeyondTheLimitAreCountedTogether() {
        let registry = MetricsRegistry()
        let counter = registry.counter("c_total", "", labels: ["a", "b"])
        let limit = SeriesTable<Double>.seriesLimit
        for index in 0..<limit + 5 { counter.add(1, "\(index)", "x") }
        counter.add(1, "0", "x")
        let lines = lines(registry)
        #expect(lines.count == limit + 1)
        #expect(lines.contains(#"c_total{a="other",b="other"} 5"#) && lines.contains(#"c_total{a="0",b="x"} 2"#))
    }

    @Test func bucketsOfDurationsBeginWithThoseOfTheContractAndReachMinutes() {
        #expect(
            Histogram.durations == [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600])
        #expect((Histogram.lengths.last ?? 0) >= 3_600)
    }

    @Test func histogramsAreAddedBucketByBucket() {
        var (first, second) = (Histogram(bounds: [1, 2]), Histogram(bounds: [1, 2]))
        for value in [0.5, 1.5] { first.record(value) }
        for value in [1.5, 9] { second.record(value) }
        let both = first.merged(with: second)
        #expect(both.counts == [1, 2, 1] && both.sum == 12.5 && both.count == 4)
    }

    @Test func onlyTheTwoFailuresOfTheContractAreCounted() {
        let metrics = ServerMetrics()
        for code in ["timeout", "inference_timeout", "inference_timeout", "internal", "rate_limited"] {
            metrics.failed(code: code)
        }
        let lines = lines(metrics.registry)
        #expect(lines.contains("gigastt_pool_timeouts_total 1"))
        #expect(lines.contains("gigastt_inference_timeouts_total 2"))
    }

    @Test func rateLimiterAndKeysHaveTheirCounters() {
        let metrics = ServerMetrics()
        metrics.rateLimitRejections.add()
        metrics.authenticationFailures.add()
        let lines = lines(metrics.registry)
        #expect(lines.contains("gigastt_rate_limit_rejections_total 1"))
        #expect(lines.contains("gigastt_auth_failures_total 1"))
    }
}
