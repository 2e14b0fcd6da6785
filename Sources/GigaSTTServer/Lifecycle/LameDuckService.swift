import ServiceLifecycle

/// Keeps the port open for a while after the shutdown has begun, so that load balancers see `/ready` answer 503.
struct LameDuckService: Service {
    let duration: Duration

    func run() async throws {
        try? await gracefulShutdown()
        // Ended early when the time for the whole shutdown is over.
        if duration > .zero { try? await Task.sleep(for: duration) }
    }
}
