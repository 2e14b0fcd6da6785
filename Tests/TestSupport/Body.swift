package import STTInference

/// Work for a queue that a test writes as a closure.
package struct Body<Output: Sendable>: InferenceRequest {
    private let body: @Sendable (CancellationToken) throws -> Output

    /// A request that runs `body`.
    package init(_ body: @escaping @Sendable (CancellationToken) throws -> Output) { self.body = body }

    package func run(_ token: CancellationToken) throws -> Output { try body(token) }
}

extension InferenceQueue {
    /// Runs `body` as a request.
    nonisolated(nonsending) package func run<Value: Sendable>(
        _ lane: InferenceLane, client: ClientID, timeout: Duration? = nil,
        body: @escaping @Sendable (CancellationToken) throws -> Value
    ) async throws -> Value {
        try await run(Body(body), in: lane, client: client, timeout: timeout)
    }

    /// Submits `body` as a request.
    @discardableResult
    package func submit<Value: Sendable>(
        _ lane: InferenceLane, client: ClientID, timeout: Duration? = nil,
        body: @escaping @Sendable (CancellationToken) throws -> Value,
        completion: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) -> Submission {
        submit(Body(body), in: lane, client: client, timeout: timeout, completion: completion)
    }
}
