extension InferenceQueue {
    /// A queue at one moment, and what it has done so far.
    package struct Statistics: Sendable, Hashable {
        /// Threads that run work or wait for it; fewer than asked for only after stalls or a shutdown.
        package let workers: Int
        /// Threads that run work a caller waits for.
        package let busyWorkers: Int
        /// Threads given up because their work did not stop when asked to.
        package let abandonedThreads: Int
        /// The same for each lane.
        package let lanes: PerLane<LaneStatistics>

        /// Threads that wait for work.
        package var idleWorkers: Int { workers - busyWorkers }
    }

    /// One lane at one moment, and how the work offered to it ended: each unit is counted once.
    package struct LaneStatistics: Sendable, Hashable {
        /// Units that wait.
        package internal(set) var waiting = 0
        /// Units that run.
        package internal(set) var running = 0
        /// Runs that returned a result.
        package internal(set) var completed = 0
        /// Runs that threw.
        package internal(set) var failed = 0
        /// Units that ran in the run of another one.
        package internal(set) var joined = 0
        /// Partials replaced by newer work of their client.
        package internal(set) var superseded = 0
        /// Runs of partials that were stopped for a final.
        package internal(set) var preempted = 0
        /// Units refused because the lane was full.
        package internal(set) var refused = 0
        /// Units given up by their caller.
        package internal(set) var cancelled = 0
        /// Units whose time was over.
        package internal(set) var timedOut = 0
        /// Runs that did not stop when asked to, and units failed because every worker was stuck in such a run.
        package internal(set) var stalled = 0
        /// Units turned away because the queue was shutting down.
        package internal(set) var shutDown = 0
        /// From submission to start, of work that started.
        package internal(set) var waitTime = DurationHistogram()
        /// From start to end, of work that ended.
        package internal(set) var runTime = DurationHistogram()
    }
}

extension InferenceQueue.LaneStatistics {
    /// Counts a unit that ended with one of the queue's own errors.
    mutating func countEnd(_ reason: any Error) {
        switch (reason as? InferenceError)?.code {
        case .overloaded?: refused += 1
        case .superseded?: superseded += 1
        case .preempted?: preempted += 1
        case .timedOut?: timedOut += 1
        case .stalled?: stalled += 1
        case .shuttingDown?: shutDown += 1
        default: cancelled += 1
        }
    }
}
