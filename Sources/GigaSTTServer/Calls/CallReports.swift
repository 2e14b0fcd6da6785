import Logging
import STTJobs
import STTValues

/// Stores the ends of calls for the webhook.
struct CallReports: Sendable {
    /// Attempts to store one, and the time between two.
    static let attemptLimit = 3
    static let pause = Duration.seconds(1)
    /// Messages about calls of the same identifier that wait for their delivery.
    static let repetitionLimit = 16

    let store: any DeliveryStore
    let logger: Logger
    var clock = SessionClock.continuous

    /// Stores the message about a call. A store that fails is tried again; the transcript is lost when it goes on.
    ///
    /// - Parameter audio: seconds of audio that were recognised.
    func send(_ log: CallLog, _ reason: EndReason, audio: Double) async {
        let now = UnixTime.now
        let content = log.report(endedAt: now, reason, audio: audio).description
        for attempt in 1...Self.attemptLimit {
            do {
                return try await store(log, content, at: now)
            } catch let error as JobStoreError {
                logger.error(
                    "the transcript of a call was not stored for its webhook",
                    metadata: [
                        "call.id": "\(log.id)", "attempt": "\(attempt)", "reason": "\(error.message) \(error.detail)",
                    ])
            } catch {
                // Only a cancellation is left: the time for the shutdown is over.
                return
            }
            if attempt < Self.attemptLimit { try? await clock.sleep(clock.now() + Self.pause) }
        }
    }

    /// The first call of an identifier has it as the identifier of its message, further ones with their number.
    private func store(_ log: CallLog, _ content: String, at now: Double) async throws {
        for number in log.number..<(log.number + Self.repetitionLimit) {
            let id = number == 1 ? "\(log.id)" : "\(log.id)_\(number)"
            if try await store.add(content, id: id, call: "\(log.id)", at: now) { return }
        }
        throw JobStoreError(.full, "Too many webhooks of one call wait for their delivery.")
    }
}
