/// The budget as a scrape sees it.
struct BudgetMetrics: Sendable {
    private let usages: [(resource: BudgetResource, usage: BudgetUsage)]

    init(_ budget: Budget) {
        usages = BudgetResource.allCases.map { ($0, budget.usage(of: $0)) }
    }

    var families: [MetricFamily] {
        [
            family("gigastt_budget_used", .gauge, "What is in use of a resource") { $0.used },
            family("gigastt_budget_limit", .gauge, "The limit of a resource; 0: none") { $0.limit },
            family("gigastt_budget_waiters", .gauge, "Claims that wait for a resource") { $0.waiting },
            family("gigastt_budget_refusals_total", .counter, "Claims of a resource that were refused") { $0.refused },
            family("gigastt_budget_saturated", .gauge, "1 while new claims of a resource are refused") {
                $0.wouldRefuse ? 1 : 0
            },
        ]
    }

    private func family(
        _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: (BudgetUsage) -> Int
    ) -> MetricFamily {
        MetricFamily(
            name: name, kind: kind, help: help,
            series: usages.map { resource, usage in
                .init(labels: [.init(name: "resource", value: resource.rawValue)], value: .number(Double(value(usage))))
            })
    }
}
