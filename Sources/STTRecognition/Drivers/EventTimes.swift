import STTValues

/// When each event became true, even if it is delivered later: an event may wait behind a final that is still being
/// decoded.
struct EventTimes: Sendable {
    private typealias Instant = ContinuousClock.Instant

    private var onsets: [Instant] = []
    private var endpoints: [Instant] = []
    private var onsetCount = 0
    private var endpointCount = 0

    /// The machine has detected this many onsets and endpoints by `now`.
    mutating func note(onsetCount: Int, endpointCount: Int, at now: ContinuousClock.Instant) {
        onsets += Array(repeating: now, count: onsetCount - self.onsetCount)
        endpoints += Array(repeating: now, count: endpointCount - self.endpointCount)
        (self.onsetCount, self.endpointCount) = (onsetCount, endpointCount)
    }

    /// The moment of an event that leaves the machine now; onsets and finals leave it in the order in which they were
    /// noted.
    mutating func since(_ event: LiveEvent, now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        switch event {
        case .speechStarted where !onsets.isEmpty: onsets.removeFirst()
        case .final where !endpoints.isEmpty: endpoints.removeFirst()
        default: now
        }
    }
}
