import NIOCore
import ServiceLifecycle

/// Says at half of the time allowed that the server is alive, as long as every event loop answers. One that hangs keeps
/// it silent, and the service manager restarts the process.
struct Watchdog: Service {
    let notifier: ServiceNotifier
    let timeout: Duration
    let loops: [any EventLoop]

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                for loop in loops { try await loop.submit {}.get() }
                notifier.alive()
                try await ContinuousClock().sleep(for: timeout / 2)
            }
        }
    }
}
