/// The clock of a session's timers.
struct SessionClock: Sendable {
    let now: @Sendable () -> ContinuousClock.Instant
    /// Sleeps until an instant; throws when the task is cancelled.
    let sleep: @Sendable (ContinuousClock.Instant) async throws -> Void

    static let continuous = SessionClock(
        now: { .now }, sleep: { try await ContinuousClock().sleep(until: $0) })
}
