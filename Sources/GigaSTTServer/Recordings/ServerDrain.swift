import GigaSTT
import HTTPTypes
import ServiceLifecycle

/// The end of a shutdown's drain time, as requests under way see it.
enum ServerDrain {
    /// How long work may go on after the shutdown began. What is left of the drain time is for the answer.
    static func workLimit(_ drain: Duration) -> Duration { drain - min(.seconds(1), drain / 4) }

    /// Returns when the server is stopping and work may not go on. Throws `CancellationError`.
    static func waitForWorkLimit(_ drain: Duration) async throws {
        try await gracefulShutdown()
        try await Task.sleep(for: workLimit(drain))
    }
}

extension ServerRequestContext {
    /// Runs `work`, and cancels it when the client leaves or when the drain time of a shutdown is nearly over.
    ///
    /// Throws what `work` throws, `HTTPFailure` with code `cancelled` at the end of the drain time, and
    /// `CancellationError` when the client has left.
    func whileServing<Value: Sendable>(
        drain: Duration, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await whileConnected {
            try await withThrowingTaskGroup(of: Value.self) { group in
                group.addTask { try await work() }
                group.addTask {
                    try await ServerDrain.waitForWorkLimit(drain)
                    throw HTTPFailure.cancelled
                }
                defer { group.cancelAll() }
                guard let value = try await group.next() else { throw CancellationError() }
                return value
            }
        }
    }
}
