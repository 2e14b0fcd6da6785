import Synchronization

/// When an event stream was last written to, shared by the task that writes and the one that keeps it alive.
final class SilenceClock: Sendable {
    private let limit: Duration
    private let lastWrite: Mutex<ContinuousClock.Instant>

    /// - Parameter limit: the silence after which something must be sent.
    init(limit: Duration) {
        self.limit = limit
        lastWrite = Mutex(.now)
    }

    /// Something was sent.
    func note() { lastWrite.withLock { $0 = .now } }

    /// Returns when nothing has been sent for the limit. Throws `CancellationError`.
    func waitForSilence() async throws {
        while true {
            let due = lastWrite.withLock { $0 } + limit
            if due <= .now { return note() }
            try await ContinuousClock().sleep(until: due)
        }
    }
}
