import ServiceLifecycle
import UnixSignals

/// Reads the server's files again on every SIGHUP.
struct HangupService: Service {
    let list: ReloadList

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await obey(await UnixSignalsSequence(trapping: .sighup))
        }
    }

    /// Reloads for every element. Those that come during a reload are one together: it begins after the last of them.
    func obey<Signals: AsyncSequence & Sendable>(_ signals: Signals) async where Signals.Failure == Never {
        let (wishes, wish) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in wishes { await list.run() }
            }
            for await _ in signals { wish.yield() }
            wish.finish()
        }
    }
}
