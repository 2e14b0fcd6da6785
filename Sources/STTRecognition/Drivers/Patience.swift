package import STTValues

/// How long the caller of a recording waits for a first worker, and from then on for anything to get done.
package struct Patience: Sendable {
    package typealias Instant = ContinuousClock.Instant

    private let waitLimit: Duration?
    private let stallLimit: Duration?
    /// When the first work was queued; `nil` before, and from when it has begun.
    private var waitingSince: Instant?
    private var hasBegun = false
    private var lastStep: Instant

    /// The limits of a caller who begins to wait `now`; without a limit there is no end to that patience.
    package init(waitLimit: Duration?, stallLimit: Duration?, now: Instant) {
        self.waitLimit = waitLimit
        self.stallLimit = stallLimit
        lastStep = now
    }

    /// What happened to the recording.
    package enum Step: Sendable {
        /// Audio was read, a decode ended, or the caller took a result and is waiting again.
        case done
        /// Work was queued.
        case queued
        /// A worker took it up.
        case begun
    }

    package mutating func note(_ step: Step, at now: Instant) {
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

    /// When to look again: nothing can run out before. `nil` when nothing ever does.
    package func nextLook(at now: Instant) -> Instant? {
        if let waitingSince, let waitLimit { return waitingSince + waitLimit }
        // What waits without a limit may begin from now on, and what is read may be queued.
        let stall = stallLimit.map { (waitingSince == nil ? lastStep : now) + $0 }
        let wait = hasBegun ? nil : waitLimit.map { now + $0 }
        return [stall, wait].compactMap(\.self).min()
    }

    /// Why the caller need not wait any longer; `nil` while it is worth it.
    package func failure(at now: Instant) -> GigaSTTError? {
        if let waitingSince, let waitLimit {
            guard now >= waitingSince + waitLimit else { return nil }
            return GigaSTTError(
                .overloaded, "No worker was free for this recording in the time allowed; try again in a while.",
                retryAfter: waitLimit)
        }
        guard waitingSince == nil, let stallLimit, now >= lastStep + stallLimit else { return nil }
        return GigaSTTError(
            .timedOut, "The recognition made no progress in the time allowed; try again with less load or more time.")
    }
}
