import STTJobs

/// Whether the store of jobs can be used, when the next attempt is due after a failure, and what of it is news.
struct StoreAvailability: Sendable {
    /// Between two attempts: from the first failure, doubled with each further one.
    static let delays = (first: Duration.seconds(1), longest: Duration.seconds(30))

    /// What a line of the log is about.
    enum Change: Sendable, Hashable {
        case failed(JobStoreError.Code)
        case recovered
    }

    private var failure: (code: JobStoreError.Code, next: ContinuousClock.Instant, delay: Duration)?

    var isFailing: Bool { failure != nil }

    /// Whether an attempt is due.
    func allowsAttempt(at now: ContinuousClock.Instant) -> Bool { failure.map { $0.next <= now } ?? true }

    /// Takes a failure; `nil` when it is the one that is known.
    mutating func fail(_ code: JobStoreError.Code, at now: ContinuousClock.Instant) -> Change? {
        let known = failure
        // Several workers may fail at once: that is one attempt.
        if let known, known.code == code, now < known.next { return nil }
        let delay = known.map { min($0.delay * 2, Self.delays.longest) } ?? Self.delays.first
        failure = (code, now + delay, delay)
        return known?.code == code ? nil : .failed(code)
    }

    /// Takes a success; `nil` when there was no failure.
    mutating func succeed() -> Change? {
        guard failure != nil else { return nil }
        failure = nil
        return .recovered
    }
}
