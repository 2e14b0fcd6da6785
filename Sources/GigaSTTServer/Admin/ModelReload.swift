import GigaSTT
import HTTPTypes
import Logging
import STTValues
import Synchronization

/// Loads the model again and lets it serve in the place of the one before, which ends with those who use it.
final class ModelReload: Sendable {
    /// Replaced models that may still be in use: each is held in memory beside the one that serves.
    static let retiredLimit = 2

    /// What serves now.
    struct Outcome: Sendable {
        let head: RecognitionHead
        let isQuantized: Bool
        /// Whether nobody uses the model before any more; not looked at unless it was asked for.
        let isDrained: Bool
    }

    private struct State {
        var isUnderWay = false
        var retiredCount = 0
    }

    private let life: ServerLife
    private let load: @Sendable () async throws -> Recognizer
    private let drainLimit: Duration
    private let state = Mutex(State())

    /// - Parameter drainLimit: how long a soft reload waits for the users of the model before.
    init(life: ServerLife, drainLimit: Duration, load: @escaping @Sendable () async throws -> Recognizer) {
        self.life = life
        self.drainLimit = drainLimit
        self.load = load
    }

    /// Replaced models that somebody still uses.
    var retiredCount: Int { state.withLock { $0.retiredCount } }

    /// Loads and swaps; one at a time.
    ///
    /// Throws `reload_in_progress`, also while too many replaced models are in use; `reload_failed`, after which the
    /// old model serves on; `shutting_down`.
    func run(soft: Bool, logger: Logger) async throws(HTTPFailure) -> Outcome {
        let isFree = state.withLock { state in
            guard !state.isUnderWay, state.retiredCount < Self.retiredLimit else { return false }
            state.isUnderWay = true
            return true
        }
        guard isFree else { throw Self.underWay }
        defer { state.withLock { $0.isUnderWay = false } }
        let recognizer = try await warmRecognizer(logger)
        guard let released = swap(recognizer) else {
            await recognizer.shutDown()
            throw .shuttingDown
        }
        logger.notice("the model was loaded again", metadata: ["head": "\(recognizer.head.rawValue)"])
        let isDrained = soft ? await comes(released) : true
        return Outcome(head: recognizer.head, isQuantized: recognizer.isQuantized, isDrained: isDrained)
    }

    /// Warmed up before it serves, so that a model that loads but does not run never replaces one that does.
    private func warmRecognizer(_ logger: Logger) async throws(HTTPFailure) -> Recognizer {
        do {
            let recognizer = try await load()
            do {
                try await recognizer.warmUp()
                return recognizer
            } catch {
                await recognizer.shutDown()
                throw error
            }
        } catch {
            logger.error("the model was not loaded again; the old one serves on", metadata: ["error": "\(error)"])
            throw Self.failed
        }
    }

    /// Ends when nobody uses the replaced model any more; `nil` when nothing was replaced. Holds neither of them.
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

    private func comes(_ released: AsyncStream<Void>) async -> Bool {
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
    private static let failed = HTTPFailure(
        .serviceUnavailable, code: "reload_failed", "Model reload failed; the previous model is still serving")
}
