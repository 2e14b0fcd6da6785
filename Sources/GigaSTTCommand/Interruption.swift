import Dispatch
import Foundation

/// Ends work by Ctrl-C and SIGTERM.
enum Interruption {
    /// Runs `body`; a signal cancels it, so that it ends within a step of the model, and this throws `SignalReceived`.
    static func cancelling<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await ending({ _ in }, cancelsUnless: { false }, body)
    }

    /// Runs `body`; a signal calls `end` with its number, which is to make the body finish by itself. A second signal cancels it, and the
    /// first one does while `canEnd` is false.
    static func ending<Value: Sendable>(
        _ end: @escaping @Sendable (Int32) -> Void, cancelsUnless canEnd: @escaping @Sendable () -> Bool,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (signals, arrival) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(2))
        let sources = [SIGINT, SIGTERM].map { source(of: $0, arrival) }
        defer {
            for source in sources { source.cancel() }
            for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                var isEnding = false
                for await number in signals {
                    if isEnding || !canEnd() { throw SignalReceived(number: number, isRepeated: isEnding) }
                    isEnding = true
                    end(number)
                }
                return nil
            }
            defer { group.cancelAll() }
            // The signals end only when the body has ended first.
            while let result = try await group.next() {
                if let value = result { return value }
            }
            throw CancellationError()
        }
    }

    private static func source(
        of number: Int32, _ arrival: AsyncStream<Int32>.Continuation
    ) -> any DispatchSourceSignal {
        // The default action would end the process before the source gets the signal.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { arrival.yield(number) }
        source.activate()
        return source
    }
}

/// The work was ended by a signal.
struct SignalReceived: Error {
    let number: Int32
    /// Whether it is the second one, which did not let the work end.
    var isRepeated = false

    var message: String { number == SIGINT ? "Interrupted by Ctrl-C" : "Terminated by SIGTERM" }
}
