import Dispatch
import Foundation

/// Ctrl-C and SIGTERM: what a person does to end the program.
enum Interruption {
    /// Runs `body`; a signal cancels it, so that it ends within a step of the model, and this throws
    /// `CancellationError`.
    static func cancelling(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await ending({}, cancels: true, body)
    }

    /// Runs `body`; a signal calls `end`, which is to make the body finish by itself. A second signal cancels it.
    static func ending(
        _ end: @escaping @Sendable () -> Void, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await ending(end, cancels: false, body)
    }

    private static func ending(
        _ end: @escaping @Sendable () -> Void, cancels: Bool, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        let (signals, arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(2))
        let sources = [SIGINT, SIGTERM].map { source(of: $0, arrival) }
        defer { for source in sources { source.cancel() } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask {
                var isCancelling = cancels
                // Ends without a signal only when the body has ended first.
                for await _ in signals {
                    if isCancelling { throw CancellationError() }
                    isCancelling = true
                    end()
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static func source(
        of number: Int32, _ arrival: AsyncStream<Void>.Continuation
    ) -> any DispatchSourceSignal {
        // The default action would end the process before the source hears of it.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { arrival.yield() }
        source.activate()
        return source
    }
}
