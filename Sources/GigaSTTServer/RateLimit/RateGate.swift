import HTTPTypes
import NIOCore
import Synchronization

/// Counts the requests of each client and refuses those that are too many. The limit can be replaced, switched on and
/// switched off while it is in use.
final class RateGate: Sendable {
    private struct State {
        var limit: RateLimit
        var table: BucketTable
        var refusalCount = 0
    }

    private let state: Mutex<State>
    private let trustsProxy: Bool
    private let now: @Sendable () -> Duration

    /// A gate; `now` is the time since some moment.
    init(_ limit: RateLimit, trustsProxy: Bool, now: (@Sendable () -> Duration)? = nil) {
        state = Mutex(State(limit: limit, table: BucketTable(limit)))
        self.trustsProxy = trustsProxy
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

    /// Counts a request.
    ///
    /// Throws `rate_limited`.
    func charge(_ peer: SocketAddress?, _ fields: HTTPFields) throws(HTTPFailure) {
        let retry: UInt32? = state.withLock { state in
            guard state.limit.isOn else { return nil }
            let client = ClientAddress(peer: peer, fields, trustsProxy: trustsProxy)
            var generator = SystemRandomNumberGenerator()
            if state.table.take(for: client, at: now(), using: &generator) { return nil }
            state.refusalCount += 1
            return state.limit.retryAfterMilliseconds
        }
        if let retry { throw HTTPFailure(.rateLimited(retryAfterMilliseconds: retry)) }
    }
}
