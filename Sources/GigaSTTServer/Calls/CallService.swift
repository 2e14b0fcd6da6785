import AsyncAlgorithms
import ServiceLifecycle

/// Drops calls whose time is over, also when nothing else happens.
struct CallService: Service {
    static let interval = Duration.seconds(30)

    let calls: Calls

    func run() async throws {
        for await _ in AsyncTimerSequence(interval: Self.interval, clock: .continuous).cancelOnGracefulShutdown() {
            calls.removeExpired()
        }
    }
}
