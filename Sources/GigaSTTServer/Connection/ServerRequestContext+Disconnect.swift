import NIOCore

extension ServerRequestContext {
    /// Yields once when the client has left; for one request at a time.
    func clientDisconnected() async throws -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        try await channel.eventLoop.submit { [channel] in
            let handler = try channel.pipeline.syncOperations.handler(type: WebSocketUpgradeHandler.self)
            handler.onClose {
                continuation.yield()
                continuation.finish()
            }
        }.get()
        return stream
    }

    /// Runs `work`, and cancels it when the client leaves.
    ///
    /// Throws what `work` throws, and `CancellationError` when the client has left.
    func whileConnected<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let disconnection = try await clientDisconnected()
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                for await _ in disconnection { return nil }
                throw CancellationError()
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else { throw CancellationError() }
            return value
        }
    }
}
