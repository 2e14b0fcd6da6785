import Synchronization

/// The live sessions that their clients can resume, by their tokens: those that go on, and for a while those that ended.
final class ResumableSessions<Connection: LiveTransport>: Sendable {
    typealias Session = ResumableTransport<Connection>

    /// Sessions that are kept behind their end, and their bytes; the oldest are dropped first.
    struct Limits: Sendable {
        var keptCount = 1_000
        var keptByteCount = 1 << 26
    }

    private struct Entry {
        let session: Session
        /// The name of the API key that opened it; `nil` without keys.
        let owner: String?
    }

    private struct State {
        var entries: [KeyDigest: Entry] = [:]
        var suspendedCount = 0
        /// Sessions that ended, and when they are dropped, the oldest first.
        var kept: [(token: KeyDigest, end: ContinuousClock.Instant, byteCount: Int)] = []
        var keptByteCount = 0
    }

    let clock: SessionClock
    private let limits: Limits
    private let metrics: ServerMetrics
    private let state = Mutex(State())

    init(_ limits: Limits = Limits(), metrics: ServerMetrics, clock: SessionClock = .continuous) {
        (self.limits, self.metrics, self.clock) = (limits, metrics, clock)
    }

    /// How many sessions wait for their clients.
    var suspendedCount: Int { state.withLock { $0.suspendedCount } }
    /// How many sessions there are.
    var count: Int { state.withLock { $0.entries.count } }

    /// Adds a session; returns the token by which it is found.
    func add(_ session: Session, of owner: String?) -> String {
        var generator = SystemRandomNumberGenerator()
        let token = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }.hexadecimal
        state.withLock { $0.entries[KeyDigest(of: token.utf8)] = Entry(session: session, owner: owner) }
        return token
    }

    /// The session of a token; `nil` for an unknown one, and for that of another key.
    func session(_ token: String, of owner: String?) -> Session? {
        state.withLock { state in
            removeExpired(&state)
            return state.entries[KeyDigest(of: token.utf8)].flatMap { $0.owner == owner ? $0.session : nil }
        }
    }

    /// Takes a place for a session that waits for its client; `false` where there are enough.
    func takePlace(limit: Int) -> Bool {
        let isTaken = state.withLock { state in
            guard state.suspendedCount < limit else { return false }
            state.suspendedCount += 1
            return true
        }
        if isTaken { metrics.suspendedSessions.add(1) } else { metrics.suspensionEnded(.refused) }
        return isTaken
    }

    /// Gives the place back.
    func leavePlace(_ outcome: ServerMetrics.SuspensionOutcome) {
        state.withLock { $0.suspendedCount -= 1 }
        metrics.suspendedSessions.add(-1)
        metrics.suspensionEnded(outcome)
    }

    /// Keeps a session that has ended for a while, so that its client can come for the last messages.
    func keep(_ token: String, for time: Duration, byteCount: Int) {
        state.withLock { state in
            state.kept.append((KeyDigest(of: token.utf8), clock.now() + time, byteCount))
            state.keptByteCount += byteCount
            removeExpired(&state)
        }
    }

    /// Forgets a session.
    func remove(_ token: String) { state.withLock { $0.entries[KeyDigest(of: token.utf8)] = nil } }

    /// Forgets those whose time is over.
    func removeExpired() { state.withLock { removeExpired(&$0) } }

    private func removeExpired(_ state: inout State) {
        let now = clock.now()
        while let oldest = state.kept.first,
            oldest.end <= now || state.kept.count > limits.keptCount || state.keptByteCount > limits.keptByteCount
        {
            state.kept.removeFirst()
            state.keptByteCount -= oldest.byteCount
            state.entries[oldest.token] = nil
        }
    }
}
