import NIOCore

extension ServerRequestContext {
    /// Yields once when the client disconnects.
    func clientDisconnected() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let observer = Observer()
        let channel = channel
        channel.eventLoop.execute {
            let handler = try? channel.pipeline.syncOperations.handler(type: WebSocketUpgradeHandler.self)
            let yield = {
                continuation.yield()
                continuation.finish()
            }
            if let handler { handler.onClose(ObjectIdentifier(observer), yield) } else if !channel.isActive { yield() }
        }
        // A connection serves many requests: each leaves nothing behind.
        continuation.onTermination = { _ in
            channel.eventLoop.execute {
                let handler = try? channel.pipeline.syncOperations.handler(type: WebSocketUpgradeHandler.self)
                handler?.forget(ObjectIdentifier(observer))
            }
        }
        return stream
    }

    private final class Observer: Sendable {}

    /// Runs `work`, and cancels it when the client disconnects.
    ///
    /// Throws what `work` throws, and `CancellationError` after a disconnect.
    func whileConnected<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let disconnected = clientDisconnected()
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                for await _ in disconnected { return nil }
                throw CancellationError()
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else { throw CancellationError() }
            return value
        }
    }
}
