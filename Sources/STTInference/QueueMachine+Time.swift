extension QueueMachine {
    /// What the passing of time demands.
    struct ExpiryScan {
        /// Callers to resume with an error.
        var failed: [(job: InferenceJob, error: InferenceError)] = []
        /// Runs to ask to stop because their time is over.
        var stopped: [CancellationToken] = []
        /// Threads to start in place of those given up.
        var replacements = 0
        /// When to look again.
        var wake: Duration?
    }

    /// Ends jobs that have waited too long, asks runs to stop that have run too long, and gives up those that did not.
    mutating func expire(now: Duration) -> ExpiryScan {
        var scan = ExpiryScan()
        for job in waiting.removeExpired(now) { fail(job, .timedOut, &scan) }
        for run in running.values where mustStop(run) <= now {
            if run.stopRequestedAt == nil {
                running[run.job.id]?.stopRequestedAt = now
                scan.stopped.append(run.job.token)
            } else {
                giveUp(run, now: now, &scan)
            }
        }
        if threads.workers == 0 {
            for job in waiting.removeAll() { fail(job, .noWorkerLeft, &scan) }
        }
        scan.wake = (running.values.map(mustStop) + [waiting.earliestDeadline].compactMap(\.self)).min()
        return scan
    }

    /// When the run has to be over. Then it is asked to stop, and later given up.
    private func mustStop(_ run: Run) -> Duration {
        if let asked = run.stopRequestedAt { return asked + limits.stallGrace }
        let stall = run.started + limits.stallTimeout
        return min(stall, run.job.deadline ?? stall)
    }

    private mutating func giveUp(_ run: Run, now: Duration, _ scan: inout ExpiryScan) {
        running[run.job.id] = nil
        counts[run.job.lane].runTime.record(now - run.started)
        fail(run.job, .stalled, &scan)
        // The thread is stuck when the last caller of its run is gone.
        guard !running.values.contains(where: { $0.batch == run.batch }) else { return }
        if threads.abandon(isOpen: isOpen) { scan.replacements += 1 }
    }

    private mutating func fail(_ job: InferenceJob, _ error: InferenceError, _ scan: inout ExpiryScan) {
        counts[job.lane].countEnd(error)
        scan.failed.append((job, error))
    }
}
