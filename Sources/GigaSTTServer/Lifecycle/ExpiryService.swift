import AsyncAlgorithms
import ServiceLifecycle

/// Drops what is kept for a time when that is over, also when nothing else happens.
struct ExpiryService: Service {
    static let interval = Duration.seconds(30)

    let removeExpired: @Sendable () -> Void

    func run() async throws {
        for await _ in AsyncTimerSequence(interval: Self.interval, clock: .continuous).cancelOnGracefulShutdown() {
            removeExpired()
        }
    }
}
