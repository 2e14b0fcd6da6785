import STTJobs

/// When a delivery is tried again, and when no more.
struct DeliverySchedule: Sendable {
    /// Attempts at a delivery, about 20 hours with the default of the first wait.
    static let attemptLimit = 10
    /// Between two attempts.
    static let longest = 21_600.0

    /// Seconds until the second attempt.
    let first: Double

    /// The state of a delivery after an attempt.
    ///
    /// - Parameters:
    ///   - status: what the receiver answered; `nil` when it did not.
    ///   - earlier: attempts before this one.
    func outcome(status: UInt?, earlier: Int, at now: Double) -> DeliveryOutcome {
        if let status, (200...299).contains(status) { return .delivered }
        // 410: the receiver is gone for good (Standard Webhooks).
        if status == 410 || earlier + 1 >= Self.attemptLimit { return .abandoned }
        var wait = first
        for _ in 0..<max(earlier, 0) where wait < Self.longest { wait *= 4 }
        return .retry(now + min(wait, Self.longest))
    }
}
