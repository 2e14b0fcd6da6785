import Dispatch
import Foundation
import Synchronization

/// SIGTERM and Ctrl-C of a server, from its start: the first is delivered, a second ends the program at once.
final class ShutdownSignals: Sendable {
    /// Signals so close together are one: some programs pass on what the terminal has sent to all processes already.
    static let pause = Duration.milliseconds(250)

    /// Counts signals.
    struct Count: Sendable {
        private var first: ContinuousClock.Instant?

        /// Whether the signal that came `now` is the one that ends the program.
        mutating func ends(at now: ContinuousClock.Instant) -> Bool {
            guard let first else {
                first = now
                return false
            }
            return now >= first + pause
        }
    }

    /// One element, at the first signal.
    let first: AsyncStream<Void>
    private let count = Mutex(Count())
    private let arrival: AsyncStream<Void>.Continuation

    /// Ignores the signals' default actions for the rest of the process.
    init() {
        (first, arrival) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(1))
    }

    /// Runs `body` with the signals caught.
    func caught(_ body: () async throws -> Void) async rethrows {
        let sources = [SIGINT, SIGTERM].map(source)
        defer { for source in sources { source.cancel() } }
        try await body()
    }

    private func source(of number: Int32) -> any DispatchSourceSignal {
        // The default action would end the process before the source gets the signal.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { [self] in
            guard count.withLock({ $0.ends(at: .now) }) else {
                arrival.yield()
                return
            }
            Console.fail("Stopped at once; what was under way is lost.")
            Console.flush()
            // Not exit(): it would unload libraries that other threads still run.
            _exit(128 + number)
        }
        source.activate()
        return source
    }
}
