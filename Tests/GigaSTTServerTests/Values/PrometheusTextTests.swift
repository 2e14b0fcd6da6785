import Testing

@testable import GigaSTTServer

/// The expected texts are written by hand from the documentation of the text format 0.0.4.
@Suite struct PrometheusTextTests {
    private func series(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) -> MetricFamily.Series {
        .init(labels: labels.map { .init(name: $0.key, value: $0.value) }, value: .number(value))
    }

    @Test func pageIsInTheOrderOfTheContract() {
        var histogram = Histogram(bounds: [0.005, 1, 2.5])
        for value in [0.001, 0.005, 0.9, 1, 2, 99.5] { histogram.record(value) }
        let families = [
            MetricFamily(
                name: "b_seconds", kind: .histogram, help: "How long",
                series: [
                    .init(labels: [.init(name: "path", value: "/x")], value: .histogram(histogram))
                ]),
            MetricFamily.gauge("g_two", "Second", 1.5),
            MetricFamily.gauge("g_one", "First", nil),
            MetricFamily(
                name: "z_total", kind: .counter, help: "All",
                series: [
                    series(1, ["status": "404", "method": "GET"]), series(3, ["method": "GET", "status": "200"]),
                ]),
            MetricFamily(name: "a_total", kind: .counter, help: "None yet", series: []),
        ]
        let expected = """
            # HELP a_total None yet
            # TYPE a_total counter

            # HELP z_total All
            # TYPE z_total counter
            z_total{method="GET",status="200"} 3
            z_total{method="GET",status="404"} 1

            # HELP g_one First
            # TYPE g_one gauge

            # HELP g_two Second
            # TYPE g_two gauge
            g_two 1.5

            # HELP b_seconds How long
            # TYPE b_seconds histogram
            b_seconds_bucket{path="/x",le="0.005"} 2
            b_seconds_bucket{path="/x",le="1"} 4
            b_seconds_bucket{path="/x",le="2.5"} 5
            b_seconds_bucket{path="/x",le="+Inf"} 6
            b_seconds_sum{path="/x"} 103.406
            b_seconds_count{path="/x"} 6


            """
        #expect(PrometheusText.render(families) == expected)
    }

    @Test func whatWouldEndALineOrAValueIsEscaped() {
        let family = MetricFamily(
            name: "x", kind: .counter, help: "back\\slash and\nline, \"quotes\" stay",
            series: [series(1, ["l": "a\\b\"c\nd"])])
        let expected = #"""
            # HELP x back\\slash and\nline, "quotes" stay
            # TYPE x counter
            x{l="a\\b\"c\nd"} 1


            """#
        #expect(PrometheusText.render([family]) == expected)
    }

    @Test(arguments: [
        (0, "0"), (1, "1"), (-3, "-3"), (0.25, "0.25"), (1e15, "1000000000000000"), (1_764_037_450.5, "1764037450.5"),
        (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (1e300, "1e+300"),
    ])
    func numbersAreAsShortAsTheyCanBe(number: Double, text: String) {
        #expect(PrometheusText.render(number) == text)
    }
}
