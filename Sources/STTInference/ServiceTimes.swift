/// How long work of each lane has lately run, and what that means for someone who is turned away.
struct ServiceTimes {
    /// Weight of a new observation: that of a smoothed round-trip time in RFC 6298.
    private static let smoothing = 8
    /// Assumed until something has run: one utterance on a small machine.
    private static let assumed = Duration.seconds(1)
    /// Shorter pauses only make clients hammer; longer ones make them give up.
    private static let pauses = Duration.milliseconds(100)...Duration.seconds(60)

    private var means = PerLane<Duration?>(repeating: nil)

    mutating func record(_ time: Duration, lane: InferenceLane) {
        guard let mean = means[lane] else {
            means[lane] = time
            return
        }
        means[lane] = mean + (time - mean) / Self.smoothing
    }

    /// The time until all that now waits in this lane, and in those served before it, has run.
    func expectedWait(
        _ lane: InferenceLane, waiting: PerLane<Int>, workers: Int, fileWorkers: Int = .max
    ) -> Duration {
        var backlog = Duration.zero
        for earlier in InferenceLane.allCases {
            backlog += (means[earlier] ?? Self.assumed) * waiting[earlier]
            if earlier == lane { break }
        }
        let wait = backlog / max(1, workers)
        guard lane == .file else { return wait }
        return max(wait, (means.file ?? Self.assumed) * waiting.file / max(1, min(workers, fileWorkers)))
    }

    /// When to come back for someone who is turned away.
    func retryAfter(
        _ lane: InferenceLane, waiting: PerLane<Int>, workers: Int, fileWorkers: Int = .max
    ) -> Duration {
        let wait = expectedWait(lane, waiting: waiting, workers: workers, fileWorkers: fileWorkers)
        return min(max(wait, Self.pauses.lowerBound), Self.pauses.upperBound)
    }
}
