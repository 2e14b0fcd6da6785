import ServiceLifecycle

/// Ends work under way when the drain time is over, early enough that its clients get a response before the connections
/// are closed.
struct DrainDeadlineService: Service {
    /// How long responses may take to leave after the deadline.
    static let responseTime = Duration.seconds(2)

    let life: ServerState
    /// From the beginning of the shutdown.
    let limit: Duration

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await life.draining.wait()
            do { try await Task.sleep(for: limit) } catch { return }
            life.drainDeadline.open()
        }
        try? await gracefulShutdown()
    }
}
