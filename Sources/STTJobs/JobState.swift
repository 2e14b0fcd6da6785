/// Where a job is in its life.
package enum JobState: String, Sendable, Hashable, CaseIterable {
    /// Waits for a worker.
    case queued
    /// A worker has leased it.
    case processing
    /// Its transcript is complete.
    case done
    /// It cannot be recognised; the reason is stored with it.
    case failed
    /// Its owner does not want it any more.
    case cancelled

    /// Whether it never changes again.
    package var isTerminal: Bool { self == .done || self == .failed || self == .cancelled }

    /// The states from which a job can come to an end.
    package static let open = JobState.allCases.filter { !$0.isTerminal }

    /// The same as a list in SQL.
    static let openList = list(open)

    /// States as a list in SQL.
    static func list(_ states: [JobState]) -> String {
        "(" + states.map { "'\($0.rawValue)'" }.joined(separator: ", ") + ")"
    }
}

/// What can happen to a job. A store performs each as one statement that checks the state, and the fencing token of
/// those that belong to a worker.
package enum JobTransition: Sendable, Hashable, CaseIterable {
    /// A worker leases it.
    case claim
    /// Its worker gives it back without a result: the server stops.
    case release
    /// Its worker has died, or has not renewed its lease.
    case abandon
    /// The same, once too often.
    case bury
    /// Its worker has recognised all of it.
    case complete
    /// Its worker cannot recognise it.
    case fail
    /// Its owner cancels it.
    case cancel

    /// The state after the transition; `nil` when it is not allowed in `state`.
    package func target(from state: JobState) -> JobState? {
        switch (self, state) {
        case (.claim, .queued): .processing
        case (.release, .processing), (.abandon, .processing): .queued
        case (.complete, .processing): .done
        case (.fail, .processing), (.bury, .processing): .failed
        case (.cancel, .queued), (.cancel, .processing): .cancelled
        default: nil
        }
    }
}
