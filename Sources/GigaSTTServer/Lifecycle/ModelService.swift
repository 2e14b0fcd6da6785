import GigaSTT
import ServiceLifecycle

/// Loads the model while the port is open already, runs it once, and unloads it when all other services have ended.
///
/// A model that loads but does not run ends the server: it would be ready and fail every request.
struct ModelService: Service {
    let life: ServerState
    let load: @Sendable () async throws -> Recognizer

    func run() async throws {
        let load = load
        do {
            life.didLoad(try await cancelWhenGracefulShutdown { try await load().warmedUp() })
            try? await gracefulShutdown()
            // Not what was loaded first: it may have been replaced since.
            await life.recognizer?.shutDown()
        } catch is CancellationError where life.isDraining {
            // The shutdown began before the model was loaded.
        }
    }
}
