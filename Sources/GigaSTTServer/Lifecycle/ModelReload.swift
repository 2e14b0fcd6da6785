import GigaSTT
import HTTPTypes
import Logging
import STTValues
import Synchronization

/// Loads the model again and lets it replace the current one, which is unloaded when its last request has ended.
final class ModelReload: Sendable {
    /// Replaced models that may still be in use: each is held in memory beside the one that serves.
    static let retiredLimit = 2

    /// What serves now.
    struct Outcome: Sendable {
        let head: RecognitionHead
        let isQuantized: Bool
        /// Whether the previous model has no users left; `true` unless a soft reload asked for it.
        let isDrained: Bool
    }

    private struct State {
        var isUnderWay = false
        var retiredCount = 0
    }

    private let life: ServerState
    private let load: @Sendable () async throws -> Recognizer
    private let drainLimit: Duration
    private let state = Mutex(State())

    /// - Parameter drainLimit: how long a soft reload waits for the users of the previous model.
    init(life: ServerState, drainLimit: Duration, load: @escaping @Sendable () async throws -> Recognizer) {
        self.life = life
        self.drainLimit = drainLimit
        self.load = load
    }

    /// Replaced models that are still in use.
    var retiredCount: Int { state.withLock { $0.retiredCount } }

    /// Loads and swaps; one at a time.
    ///
    /// Throws `reload_in_progress`; `previous_models_in_use` while too many replaced models are; `reload_failed`, after
    /// which the current model serves on; `shutting_down`.
    func run(soft: Bool, logger: Logger) async throws(HTTPFailure) -> Outcome {
        try state.withLock { state throws(HTTPFailure) in
            if state.isUnderWay { throw Self.underWay }
            if state.retiredCount >= Self.retiredLimit { throw Self.previousInUse }
            state.isUnderWay = true
        }
        defer { state.withLock { $0.isUnderWay = false } }
        let recognizer = try await loadAndWarmUp(logger)
        guard let released = swap(recognizer) else {
            await recognizer.shutDown()
            throw .shuttingDown
        }
        logger.notice("model reloaded", metadata: ["head": "\(recognizer.head.rawValue)"])
        let isDrained = soft ? await waitForRelease(released) : true
        return Outcome(head: recognizer.head, isQuantized: recognizer.isQuantized, isDrained: isDrained)
    }

    /// Warmed up before it serves, so that a model that loads but does not run never replaces one that does.
    private func loadAndWarmUp(_ logger: Logger) async throws(HTTPFailure) -> Recognizer {
        do {
            return try await load().warmedUp()
        } catch {
            logger.error("model reload failed; keeping the current model", metadata: ["error": "\(error)"])
            throw Self.failed
        }
    }

    /// A stream that ends when the replaced model has no users left; `nil` when nothing was replaced. Retains neither.
    private func swap(_ recognizer: Recognizer) -> AsyncStream<Void>? {
        guard let old = life.replace(by: recognizer) else { return nil }
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        state.withLock { $0.retiredCount += 1 }
        old.onShutdown {
            self.state.withLock { $0.retiredCount -= 1 }
            release.finish()
        }
        return released
    }

    private func waitForRelease(_ released: AsyncStream<Void>) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in released {}
                return !Task.isCancelled
            }
            group.addTask { [drainLimit] in
                try? await Task.sleep(for: drainLimit)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private static let underWay = HTTPFailure(
        .conflict, code: "reload_in_progress", "A model reload is already in progress")
    private static let previousInUse = HTTPFailure(
        .conflict, code: "previous_models_in_use",
        "Too many replaced models are still in use; reload again when their sessions have ended")
    private static let failed = HTTPFailure(
        .serviceUnavailable, code: "reload_failed", "Model reload failed; the previous model is still serving")
}

extension Recognizer {
    /// The recognizer after its model has run once; it is shut down when the model does not run.
    func warmedUp() async throws -> Recognizer {
        do {
            try await warmUp()
            return self
        } catch {
            await shutDown()
            throw error
        }
    }
}
