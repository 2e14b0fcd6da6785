import Logging
import STTJobs
import Synchronization

/// Attempts to use the store, by one activity of a server. While they fail, they come further and further apart, and the
/// log has one line for each change.
final class StoreAttempts: Sendable {
    private let availability = Mutex(StoreAvailability())
    /// For the log.
    private let recovery: Logger.Message

    init(_ recovery: Logger.Message) { self.recovery = recovery }

    /// Whether the last attempt failed.
    var areFailing: Bool { availability.withLock { $0.isFailing } }

    /// Runs `body` when an attempt is due; `nil` when none is, or it failed.
    ///
    /// - Parameter provesRecovery: whether a result shows that the store can be written.
    @discardableResult
    func attempt<Value>(
        _ logger: Logger, provesRecovery: (Value) -> Bool = { _ in true }, _ body: () async throws -> Value
    ) async -> Value? {
        guard availability.withLock({ $0.allowsAttempt(at: .now) }) else { return nil }
        do {
            let value = try await body()
            if provesRecovery(value), availability.withLock({ $0.succeed() }) != nil { logger.notice(recovery) }
            return value
        } catch let error as JobStoreError {
            if availability.withLock({ $0.fail(error.code, at: .now) }) != nil {
                logger.error("\(error.message)", metadata: ["reason": "\(error.detail)"])
            }
        } catch {
            // Only a cancellation is left: the time for the shutdown is over.
        }
        return nil
    }
}
