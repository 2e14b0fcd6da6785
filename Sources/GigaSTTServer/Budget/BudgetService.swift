import ServiceLifecycle

/// Refuses what waits for a place as soon as the server is to stop.
struct BudgetService: Service {
    let budget: Budget

    func run() async throws {
        try? await gracefulShutdown()
        budget.close()
    }
}
