extension ServerMetrics {
    /// Adds what is read at the moment of a scrape.
    func sample(_ life: ServerState, _ budget: Budget, version: String) {
        registry.sample { [weak life] in EngineMetrics(life?.recognizer).families }
        registry.sample { BudgetMetrics(budget).families }
        registry.sample { ProcessMetrics().families }
        let build = MetricFamily.Series(labels: [.init(name: "version", value: version)], value: .number(1))
        registry.sample {
            [
                MetricFamily(
                    name: "gigastt_build_info", kind: .gauge, help: "The version of the program; always 1",
                    series: [build])
            ]
        }
    }
}
