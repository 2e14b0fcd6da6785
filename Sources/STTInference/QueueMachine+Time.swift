extension QueueMachine {
    /// What the passing of time demands.
    struct Sweep {
        /// Callers to resume with an error.
        var failed: [(job: InferenceJob, error: InferenceError)] = []
        /// Runs to tell to stop because their time is over.
        var told: [CancellationToken] = []
        /// Threads to start in place of those given up.
        var replacements = 0
        /// When to look again.
        var wake: Duration?
    }

    /// Ends what has waited too long, tells what has run too long, and gives up what did not listen.
    mutating func sweep(now: Duration) -> Sweep {
        var sweep = Sweep()
        for job in waiting.removeExpired(now) { fail(job, .timedOut, &sweep) }
        for run in running.values where mustStop(run) <= now {
            if run.told == nil {
                running[run.job.id]?.told = now
                sweep.told.append(run.job.token)
            } else {
                giveUp(run, now: now, &sweep)
            }
        }
        if roster.workers == 0 {
            for job in waiting.removeAll() { fail(job, .noWorkerLeft, &sweep) }
        }
        sweep.wake = (running.values.map(mustStop) + [waiting.earliestDeadline].compactMap(\.self)).min()
        return sweep
    }

    /// When the run has to be over: before that moment it is told, after it was told it is given up.
    private func mustStop(_ run: Run) -> Duration {
        if let told = run.told { return told + limits.stallGrace }
        let stall = run.started + limits.stallTimeout
        return min(stall, run.job.deadline ?? stall)
    }

    private mutating func giveUp(_ run: Run, now: Duration, _ sweep: inout Sweep) {
        running[run.job.id] = nil
        counts[run.job.lane].runTime.record(now - run.started)
        fail(run.job, .stalled, &sweep)
        if roster.abandon(isOpen: isOpen) { sweep.replacements += 1 }
    }

    private mutating func fail(_ job: InferenceJob, _ error: InferenceError, _ sweep: inout Sweep) {
        counts[job.lane].countEnd(error)
        sweep.failed.append((job, error))
    }
}
