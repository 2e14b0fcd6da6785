import NIOCore
import ServiceLifecycle

/// Reports at half of the watchdog time that the server is alive, as long as every event loop answers and a worker is
/// left. Otherwise nothing is reported, and the service manager restarts the process.
struct Watchdog: Service {
    let notifier: ServiceNotifier
    let timeout: Duration
    let loops: [any EventLoop]
    /// Threads that can recognise; `nil` without a model. None are left when all of them are stuck.
    let workerCount: @Sendable () -> Int?

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                for loop in loops { try await loop.submit {}.get() }
                if workerCount() != 0 { notifier.alive() }
                try await ContinuousClock().sleep(for: timeout / 2)
            }
        }
    }
}
