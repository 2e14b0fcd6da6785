import STTJobs
import Synchronization

/// What is counted of webhooks.
final class WebhookMetrics: Sendable {
    private let attempts: Counter
    private let count = Mutex(0)

    init(_ registry: MetricsRegistry) {
        attempts = registry.counter(
            "gigastt_webhook_attempts_total", "Total attempts to deliver a webhook by how they ended",
            labels: ["outcome"])
        registry.sample { [weak self] in
            [
                MetricFamily(
                    name: "gigastt_webhook_deliveries", kind: .gauge, help: "Webhooks that are not delivered yet",
                    series: [.init(labels: [], value: .number(Double(self?.waiting ?? 0)))])
            ]
        }
    }

    /// Deliveries that wait.
    var waiting: Int {
        get { count.withLock { $0 } }
        set { count.withLock { $0 = newValue } }
    }

    func ended(_ outcome: DeliveryOutcome) {
        let name =
            switch outcome {
            case .delivered: "delivered"
            case .retry: "retried"
            case .abandoned: "abandoned"
            }
        attempts.add(1, name)
    }
}
