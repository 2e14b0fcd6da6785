/// All decisions of the queue: what is admitted, what runs next, and how each unit of work ends.
///
/// Each input is a method that returns what the driver has to do. Whoever is handed a job here, to run, to deliver or
/// to fail, is the only one who ever is, so its caller is resumed exactly once. Time is a parameter: a duration since
/// some fixed moment.
struct QueueMachine {
    struct Run {
        let job: InferenceJob
        let started: Duration
        /// When the run was told to stop.
        var told: Duration?
    }

    let limits: InferenceQueue.Limits
    private(set) var isOpen = true
    var waiting: WaitingJobs
    /// Runs somebody waits for. What is not here any more has been given up.
    var running: [InferenceJob.ID: Run] = [:]
    var roster: WorkerRoster
    var counts = PerLane(repeating: InferenceQueue.LaneStatistics())
    private var times = ServiceTimes()

    init(_ limits: InferenceQueue.Limits) {
        self.limits = limits
        waiting = WaitingJobs(limits)
        roster = WorkerRoster(workers: limits.workers, abandonedLimit: limits.abandonedThreads)
    }

    /// Whether the queue is shut down and every thread that did not get stuck has left.
    var isDrained: Bool { !isOpen && roster.workers == 0 }

    var statistics: InferenceQueue.Statistics {
        var lanes = counts
        for lane in InferenceLane.allCases { lanes[lane].waiting = waiting.counts[lane] }
        for run in running.values { lanes[run.job.lane].running += 1 }
        return InferenceQueue.Statistics(
            workers: roster.workers, busyWorkers: running.count, abandonedThreads: roster.abandoned, lanes: lanes)
    }

    enum Submission {
        /// The job waits for a worker; the other one is failed as superseded.
        case accepted(superseded: InferenceJob?)
        case refused(any Error)
    }

    mutating func submit(_ job: InferenceJob, now: Duration) -> Submission {
        if let refusal = refusal(of: job, now: now) { return refuse(job, refusal) }
        switch waiting.admit(job) {
        case .admitted(let superseded):
            if let superseded { counts[superseded.lane].countEnd(InferenceError.superseded) }
            return .accepted(superseded: superseded)
        case .full:
            let pause = times.retryAfter(
                job.lane, waiting: waiting.counts, workers: roster.workers, fileWorkers: limits.fileWorkers)
            return refuse(job, InferenceError.overloaded(retryAfter: pause))
        }
    }

    /// How long work submitted now would wait in a lane.
    func expectedWait(_ lane: InferenceLane) -> Duration {
        times.expectedWait(
            lane, waiting: waiting.counts, workers: roster.workers, fileWorkers: limits.fileWorkers)
    }

    private func refusal(of job: InferenceJob, now: Duration) -> (any Error)? {
        if let reason = job.token.reason { return reason }
        if !isOpen { return InferenceError.shuttingDown }
        if roster.workers == 0 { return InferenceError.noWorkerLeft }
        if let deadline = job.deadline, deadline <= now { return InferenceError.timedOut }
        return nil
    }

    private mutating func refuse(_ job: InferenceJob, _ error: any Error) -> Submission {
        counts[job.lane].countEnd(error)
        return .refused(error)
    }

    private var mayRunFile: Bool { running.values.count { $0.job.lane == .file } < limits.fileWorkers }

    /// Whether a worker has work now. One that was woken for a file that might not run yet has gone back to sleep, so
    /// whoever ends such a run has to wake another.
    var hasHeldBackFile: Bool { waiting.counts.file > 0 && limits.fileWorkers < limits.workers && mayRunFile }

    enum Step {
        case run(InferenceJob, wake: Duration)
        /// Nothing to do now.
        case wait
        /// The thread is not needed any more.
        case leave
    }

    /// What a worker that was woken does.
    mutating func next(now: Duration) -> Step {
        guard let job = waiting.popFirst(files: mayRunFile) else {
            if isOpen { return .wait }
            roster.leave()
            return .leave
        }
        running[job.id] = Run(job: job, started: now)
        counts[job.lane].waitTime.record(now - job.submitted)
        return .run(job, wake: now + limits.stallTimeout)
    }

    enum Ending {
        /// The caller is resumed and the thread goes on.
        case deliver
        /// The caller has its answer; the thread goes on because a worker is missing.
        case rejoin
        /// The caller has its answer and the thread its successor.
        case leave
    }

    /// The body of a job has ended.
    mutating func finish(_ job: InferenceJob, threw: Bool, reason: (any Error)?, now: Duration) -> Ending {
        guard let run = running.removeValue(forKey: job.id) else {
            return roster.comeBack(isOpen: isOpen) ? .rejoin : .leave
        }
        counts[job.lane].runTime.record(now - run.started)
        if let reason {
            counts[job.lane].countEnd(reason)
        } else if threw {
            counts[job.lane].failed += 1
        } else {
            counts[job.lane].completed += 1
            times.record(now - run.started, lane: job.lane)
        }
        return .deliver
    }

    enum Cancellation {
        /// The job did not run; its caller is resumed.
        case withdrawn(InferenceJob)
        /// The run has been told; it is given up if it still goes on then.
        case told(wake: Duration)
        /// Not submitted yet, or over.
        case nothing
    }

    /// The caller of a job was cancelled; its token knows already.
    mutating func cancel(_ id: InferenceJob.ID, lane: InferenceLane, now: Duration) -> Cancellation {
        if let job = waiting.remove(id, lane: lane) {
            counts[lane].countEnd(CancellationError())
            return .withdrawn(job)
        }
        guard running[id] != nil, running[id]?.told == nil else { return .nothing }
        running[id]?.told = now
        return .told(wake: now + limits.stallGrace)
    }

    /// Takes no more work; what waits is handed out to be failed, what runs goes on.
    mutating func shutDown() -> [InferenceJob] {
        isOpen = false
        let jobs = waiting.removeAll()
        for job in jobs { counts[job.lane].countEnd(InferenceError.shuttingDown) }
        return jobs
    }
}
