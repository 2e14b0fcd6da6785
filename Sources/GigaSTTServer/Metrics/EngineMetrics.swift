import GigaSTT
import STTInference

/// What is read of the engine at the moment of a scrape; without samples while the model loads.
struct EngineMetrics: Sendable {
    private let status: InferenceQueue.Statistics?
    private let shares: [Recognizer.EncoderShare]

    init(_ recognizer: Recognizer?) {
        status = recognizer?.queueStatistics
        shares = recognizer?.encoderShares ?? []
    }

    var families: [MetricFamily] {
        [
            .gauge(
                "gigastt_pool_available", "Number of session triplets currently available in the pool",
                status.map { Double($0.idleWorkers) }),
            .gauge(
                "gigastt_pool_waiters", "Number of tasks currently waiting for a pool checkout",
                status.map { Double($0.lanes.all.map(\.waiting).reduce(0, +)) }),
            // One pool serves live speech and recordings, so these have no samples, as without --batch-pool-size.
            .gauge(
                "gigastt_batch_pool_available",
                "Number of session triplets currently available in the batch pool (only populated when "
                    + "--batch-pool-size > 0)", nil),
            .gauge(
                "gigastt_batch_pool_waiters", "Number of tasks currently waiting for a batch-pool checkout", nil),
            MetricFamily(
                name: "gigastt_pool_checkout_duration_seconds", kind: .histogram,
                help: "Time spent waiting for a pool checkout", series: checkouts),
            perLane("gigastt_queue_wait_seconds", "From the wish to recognise a window to a worker's start on it") {
                $0.waitTime
            },
            perLane("gigastt_recognition_seconds", "How long a worker took for a window") { $0.runTime },
            MetricFamily(
                name: "gigastt_recognitions_total", kind: .counter, help: "Windows of audio by how they ended",
                series: ends),
            perPurpose("gigastt_encoder_seconds_total", "Time in the encoder by what it ran for") {
                $0.time / .seconds(1)
            },
            perPurpose("gigastt_encoder_runs_total", "Windows that the encoder began, by what it ran for") {
                Double($0.runCount)
            },
        ]
    }

    private func perPurpose(
        _ name: String, _ help: String, _ value: (Recognizer.EncoderShare) -> Double
    ) -> MetricFamily {
        MetricFamily(
            name: name, kind: .counter, help: help,
            series: shares.map { share in
                .init(labels: [.init(name: "purpose", value: share.purpose)], value: .number(value(share)))
            })
    }

    private var lanes: [(name: String, lane: InferenceQueue.LaneStatistics)] {
        guard let lanes = status?.lanes else { return [] }
        return [("final", lanes.final), ("partial", lanes.partial), ("file", lanes.file)]
    }

    /// All lanes together: the contract knows one line only.
    private var checkouts: [MetricFamily.Series] {
        let all = lanes.map { Histogram($0.lane.waitTime) }
        guard let first = all.first else { return [] }
        return [.init(value: .histogram(all.dropFirst().reduce(first) { $0.merged(with: $1) }))]
    }

    private var ends: [MetricFamily.Series] {
        lanes.flatMap { name, lane in
            [
                ("completed", lane.completed), ("failed", lane.failed), ("superseded", lane.superseded),
                ("preempted", lane.preempted), ("refused", lane.refused), ("cancelled", lane.cancelled),
                ("timed_out", lane.timedOut), ("stalled", lane.stalled), ("shut_down", lane.shutDown),
            ].map { outcome, count in
                MetricFamily.Series(
                    labels: [.init(name: "lane", value: name), .init(name: "outcome", value: outcome)],
                    value: .number(Double(count)))
            }
        }
    }

    private func perLane(
        _ name: String, _ help: String, _ times: (InferenceQueue.LaneStatistics) -> DurationHistogram
    ) -> MetricFamily {
        MetricFamily(
            name: name, kind: .histogram, help: help,
            series: lanes.map { name, lane in
                .init(labels: [.init(name: "lane", value: name)], value: .histogram(Histogram(times(lane))))
            })
    }
}
