import Synchronization

/// Counts the requests of each client and refuses those over the limit. The limit can be replaced, switched on and
/// switched off while it is in use.
final class RateLimiter: Sendable {
    private struct State {
        var limit: RateLimit
        var table: BucketTable
        var refusalCount = 0
    }

    private let state: Mutex<State>
    private let now: @Sendable () -> Duration

    /// A limiter; `now` is the time since some moment.
    init(_ limit: RateLimit, now: (@Sendable () -> Duration)? = nil) {
        state = Mutex(State(limit: limit, table: BucketTable(limit)))
        let start = ContinuousClock.now
        self.now = now ?? { start.duration(to: .now) }
    }

    /// Requests refused since the start.
    var refusalCount: Int { state.withLock { $0.refusalCount } }

    /// Counts by another limit from now on; every client begins anew unless it is the same.
    func replace(_ limit: RateLimit) {
        state.withLock { state in
            guard state.limit != limit else { return }
            state.limit = limit
            state.table = BucketTable(limit)
        }
    }

    /// Takes a token of a client's bucket.
    ///
    /// Throws `rate_limited` when there is none.
    func consume(for client: ClientAddress) throws(HTTPFailure) {
        let retry: UInt32? = state.withLock { state in
            guard state.limit.isEnabled else { return nil }
            var generator = SystemRandomNumberGenerator()
            if state.table.take(for: client, at: now(), using: &generator) { return nil }
            state.refusalCount += 1
            return state.limit.retryAfterMilliseconds
        }
        if let retry { throw HTTPFailure(.rateLimited(retryAfterMilliseconds: retry)) }
    }
}
