import ServiceLifecycle
import UnixSignals

/// Reloads keys, certificate and limits on every SIGHUP.
struct SIGHUPService: Service {
    let coordinator: ReloadCoordinator

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await reload(on: await UnixSignalsSequence(trapping: .sighup))
        }
    }

    /// Reloads for every element. Elements during a reload are coalesced into one reload after it.
    func reload<Signals: AsyncSequence & Sendable>(on signals: Signals) async where Signals.Failure == Never {
        let (requests, request) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in requests { await coordinator.run() }
            }
            for await _ in signals { request.yield() }
            request.finish()
        }
    }
}
