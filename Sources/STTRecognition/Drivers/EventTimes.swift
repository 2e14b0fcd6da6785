import STTValues

/// Since when it has been so what the events of a stream tell of. An event may be held back behind a final that is
/// still being decoded; its moment is not.
struct EventTimes: Sendable {
    private typealias Instant = ContinuousClock.Instant

    private var onsets: [Instant] = []
    private var endpoints: [Instant] = []
    private var onsetCount = 0
    private var endpointCount = 0

    /// The machine has come to know of this many onsets and endpoints by `now`.
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
