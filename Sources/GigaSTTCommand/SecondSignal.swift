import Dispatch
import Foundation
import Synchronization

/// Ends the program at once when somebody insists: at the second SIGTERM or SIGINT, whatever is under way.
enum SecondSignal {
    /// Signals so close together are one: some programs pass on what the terminal has sent to everybody already.
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

    /// Runs `body` under that watch. The first signal is for others to obey.
    static func watching(_ body: () async throws -> Void) async rethrows {
        let count = Shared()
        let sources = [SIGINT, SIGTERM].map { source(of: $0, count) }
        defer { for source in sources { source.cancel() } }
        try await body()
    }

    private final class Shared: Sendable {
        let count = Mutex(Count())
    }

    private static func source(of number: Int32, _ shared: Shared) -> any DispatchSourceSignal {
        // The default action would end the process before the source hears of it.
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            guard shared.count.withLock({ $0.ends(at: .now) }) else { return }
            Console.fail("Stopped at once; what was under way is lost.")
            // Not exit(): it would take down libraries under the threads that still run them.
            _exit(128 + number)
        }
        source.activate()
        return source
    }
}
