import ServiceLifecycle

/// Keeps the port open for a while after a server was told to stop, so that load balancers see `/ready` say no.
struct LameDuckService: Service {
    let time: Duration

    func run() async throws {
        try? await gracefulShutdown()
        // Ended early when the time for the whole shutdown is over.
        if time > .zero { try? await Task.sleep(for: time) }
    }
}
