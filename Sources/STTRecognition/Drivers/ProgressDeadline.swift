import STTValues

/// When a recording ends because it waits too long for a first worker, or makes no progress afterwards.
///
/// Time is a parameter: a duration since some fixed moment.
package struct ProgressDeadline: Sendable {
    private let queueTimeout: Duration?
    private let progressTimeout: Duration?
    /// When the first work was queued; `nil` before that, and after a worker has begun.
    private var waitingSince: Duration?
    private var hasBegun = false
    private var lastStep: Duration

    /// The limits of a recording that begins `now`; `nil` is no limit.
    init(queueTimeout: Duration?, progressTimeout: Duration?, now: Duration) {
        self.queueTimeout = queueTimeout
        self.progressTimeout = progressTimeout
        lastStep = now
    }

    /// Progress of the recording.
    package enum Step: Sendable {
        /// Audio was read, a decode ended, or the caller took a result and waits again.
        case done
        /// A window was queued.
        case queued
        /// A worker began with a window.
        case begun
    }

    mutating func note(_ step: Step, at now: Duration) {
        switch step {
        case .done: break
        case .queued:
            if !hasBegun, waitingSince == nil { waitingSince = now }
        case .begun:
            hasBegun = true
            waitingSince = nil
        }
        lastStep = now
    }

    /// When to check again: no limit can be exceeded before. `nil` when none ever is.
    func nextCheck(at now: Duration) -> Duration? {
        if let waitingSince, let queueTimeout { return waitingSince + queueTimeout }
        // Work that waits without a limit may begin from now on, and audio that is read may be queued.
        let stall = progressTimeout.map { (waitingSince == nil ? lastStep : now) + $0 }
        let wait = hasBegun ? nil : queueTimeout.map { now + $0 }
        return [stall, wait].compactMap(\.self).min()
    }

    /// The error to end the recording with; `nil` while no limit is exceeded.
    func failure(at now: Duration) -> GigaSTTError? {
        if let waitingSince, let queueTimeout {
            guard now >= waitingSince + queueTimeout else { return nil }
            return GigaSTTError(
                .overloaded, "No worker was free for this recording in the time allowed; try again in a while.",
                retryAfter: queueTimeout)
        }
        guard waitingSince == nil, let progressTimeout, now >= lastStep + progressTimeout else { return nil }
        return GigaSTTError(
            .timedOut, "The recognition made no progress in the time allowed; try again with less load or more time.")
    }
}
