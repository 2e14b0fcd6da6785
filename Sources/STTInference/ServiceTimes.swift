/// How long requests of each lane have lately run, and when a refused caller should try again.
struct ServiceTimes {
    /// Weight of a new observation: that of a smoothed round-trip time in RFC 6298.
    private static let smoothing = 8
    /// Assumed until something has run: one utterance on a small machine, and one step of a voice activity model.
    private static let assumed = PerLane(
        activity: Duration.milliseconds(1), final: .seconds(1), partial: .seconds(1), file: .seconds(1))
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
            backlog += (means[earlier] ?? Self.assumed[earlier]) * waiting[earlier]
            if earlier == lane { break }
        }
        let wait = backlog / max(1, workers)
        guard lane == .file else { return wait }
        return max(wait, (means.file ?? Self.assumed.file) * waiting.file / max(1, min(workers, fileWorkers)))
    }

    /// When a refused caller should try again.
    func retryAfter(
        _ lane: InferenceLane, waiting: PerLane<Int>, workers: Int, fileWorkers: Int = .max
    ) -> Duration {
        let wait = expectedWait(lane, waiting: waiting, workers: workers, fileWorkers: fileWorkers)
        return min(max(wait, Self.pauses.lowerBound), Self.pauses.upperBound)
    }
}
