import GigaSTT
import ServiceLifecycle

/// Loads the model while the port is open already, and lets go of it when everything else has ended.
struct ModelService: Service {
    let life: ServerLife
    let load: @Sendable () async throws -> Recognizer

    func run() async throws {
        let load = load
        do {
            life.note(try await cancelWhenGracefulShutdown { try await load() })
            try? await gracefulShutdown()
            // Not what was loaded first: it may have been replaced since.
            await life.recognizer?.shutDown()
        } catch is CancellationError where life.isDraining {
            // Told to stop before it had begun.
        }
    }
}
