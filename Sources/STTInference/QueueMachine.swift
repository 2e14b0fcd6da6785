/// All decisions of the queue: what is admitted, what runs next, and how each unit of work ends.
///
/// Each input is a method that returns what the driver has to do. A job is handed out once, to be run and delivered or to
/// be failed, so its caller is resumed exactly once. Time is a parameter: a duration since some fixed moment.
struct QueueMachine {
    struct Run {
        let job: InferenceJob
        /// The first job of the batch, which names the thread's run.
        let batch: InferenceJob.ID
        let started: Duration
        /// Whether it gives way to a final that would wait: a partial, unless it was its turn before a waiting final or those
        /// of its client before it gave way.
        let givesWay: Bool
        /// When the run was asked to stop.
        var stopRequestedAt: Duration?
    }

    let limits: InferenceQueue.Limits
    private(set) var isOpen = true
    var waiting: WaitingJobs
    /// Runs whose callers wait. What is not here any more has been given up.
    var running: [InferenceJob.ID: Run] = [:]
    var threads: WorkerCount
    var counts = PerLane(repeating: InferenceQueue.LaneStatistics())
    private var times = ServiceTimes()
    private var stoppedPartials = StoppedPartials()

    init(_ limits: InferenceQueue.Limits) {
        self.limits = limits
        waiting = WaitingJobs(limits)
        threads = WorkerCount(workers: limits.workers, abandonedLimit: limits.abandonedThreads)
    }

    /// Whether the queue is shut down and every thread that did not get stuck has left.
    var isDrained: Bool { !isOpen && threads.workers == 0 }

    var statistics: InferenceQueue.Statistics {
        var lanes = counts
        for lane in InferenceLane.allCases { lanes[lane].waiting = waiting.counts[lane] }
        for run in running.values { lanes[run.job.lane].running += 1 }
        return InferenceQueue.Statistics(
            workers: threads.workers, busyWorkers: Set(running.values.map(\.batch)).count,
            abandonedThreads: threads.abandoned, lanes: lanes)
    }

    enum Submission {
        /// The job waits for a worker; the other one is failed as superseded, and the runs of these are asked to stop.
        case accepted(superseded: InferenceJob?, preempted: [CancellationToken])
        case refused(any Error)
    }

    mutating func submit(_ job: InferenceJob, now: Duration) -> Submission {
        if let refusal = refusal(of: job, now: now) { return refuse(job, refusal) }
        switch waiting.admit(job) {
        case .admitted(let superseded):
            if let superseded { counts[superseded.lane].countEnd(InferenceError.superseded) }
            return .accepted(superseded: superseded, preempted: job.lane == .final ? preempt(now: now) : [])
        case .full:
            let pause = times.retryAfter(
                job.lane, waiting: waiting.counts, workers: threads.workers, fileWorkers: limits.fileWorkers)
            return refuse(job, InferenceError.overloaded(retryAfter: pause))
        }
    }

    /// Asks the run of partials that began last to stop, where more finals wait than workers are free or about to be. It has
    /// done the least work.
    private mutating func preempt(now: Duration) -> [CancellationToken] {
        let runs = Dictionary(grouping: running.values, by: \.batch)
        let ending = runs.values.count { $0.allSatisfy { $0.stopRequestedAt != nil || $0.job.lane == .activity } }
        guard waiting.counts.final > threads.workers - runs.count + ending else { return [] }
        let candidates = runs.values.filter { $0.allSatisfy { $0.givesWay && $0.stopRequestedAt == nil } }
        let last = candidates.max { $0[0].started < $1[0].started } ?? []
        for run in last { running[run.job.id]?.stopRequestedAt = now }
        return last.map(\.job.token)
    }

    /// How long work submitted now would wait in a lane.
    func expectedWait(_ lane: InferenceLane) -> Duration {
        times.expectedWait(
            lane, waiting: waiting.counts, workers: threads.workers, fileWorkers: limits.fileWorkers)
    }

    private func refusal(of job: InferenceJob, now: Duration) -> (any Error)? {
        if let reason = job.token.reason { return reason }
        if !isOpen { return InferenceError.shuttingDown }
        if threads.workers == 0 { return InferenceError.noWorkerLeft }
        if let deadline = job.deadline, deadline <= now { return InferenceError.timedOut }
        return nil
    }

    private mutating func refuse(_ job: InferenceJob, _ error: any Error) -> Submission {
        counts[job.lane].countEnd(error)
        return .refused(error)
    }

    private var mayRunFile: Bool {
        Set(running.values.lazy.filter { $0.job.lane == .file }.map(\.batch)).count < limits.fileWorkers
    }

    /// Whether a worker has work now. One that was woken for a file that might not run yet has gone back to sleep, so
    /// the end of such a run has to wake another.
    var hasHeldBackFile: Bool { waiting.counts.file > 0 && limits.fileWorkers < limits.workers && mayRunFile }

    enum Step {
        /// One job, or several that one run computes.
        case run([InferenceJob], wake: Duration)
        /// Nothing to do now.
        case wait
        /// The thread is not needed any more.
        case leave
    }

    /// What a worker that was woken does.
    mutating func next(now: Duration) -> Step {
        let jobs = waiting.popBatch(files: mayRunFile)
        guard let first = jobs.first else {
            if isOpen { return .wait }
            threads.leave()
            return .leave
        }
        counts[first.lane].joined += jobs.count - 1
        for job in jobs {
            let givesWay = job.lane == .partial && waiting.counts.final == 0 && stoppedPartials.mayStop(job.client)
            running[job.id] = Run(job: job, batch: first.id, started: now, givesWay: givesWay)
            counts[job.lane].waitTime.record(now - job.submitted)
        }
        return .run(jobs, wake: now + limits.stallTimeout)
    }

    enum Ending {
        /// These callers are resumed, and the thread goes on.
        case deliver([InferenceJob.FinishedRun])
        /// The callers have been answered; the thread goes on because a worker is missing.
        case resume
        /// The callers have been answered, and another thread has taken the place of this one.
        case leave
    }

    /// A run has ended, for each of its jobs.
    mutating func finish(_ finished: [InferenceJob.FinishedRun], now: Duration) -> Ending {
        let awaited = finished.filter { running[$0.job.id] != nil }
        guard !awaited.isEmpty else { return threads.returned(isOpen: isOpen) ? .resume : .leave }
        for end in awaited { count(end, of: finished.count, now: now) }
        return .deliver(awaited)
    }

    private mutating func count(_ end: InferenceJob.FinishedRun, of batchCount: Int, now: Duration) {
        let job = end.job
        guard let run = running.removeValue(forKey: job.id) else { return }
        let time = now - run.started
        counts[job.lane].runTime.record(time)
        let isPreempted = (end.reason as? InferenceError)?.code == .preempted
        if isPreempted { stoppedPartials.add(job.client) } else { stoppedPartials.reset(job.client) }
        if let reason = end.reason {
            counts[job.lane].countEnd(reason)
        } else if end.threw {
            counts[job.lane].failed += 1
        } else {
            counts[job.lane].completed += 1
            if job.isTypical { times.record(time / batchCount, lane: job.lane) }
        }
    }

    enum Cancellation {
        /// The job did not run; its caller is resumed.
        case withdrawn(InferenceJob)
        /// The run has been asked to stop; it is given up if it still goes on then.
        case stopping(wake: Duration)
        /// Not submitted yet, or over.
        case nothing
    }

    /// The caller of a job was cancelled; its token knows already.
    mutating func cancel(_ id: InferenceJob.ID, lane: InferenceLane, now: Duration) -> Cancellation {
        if let job = waiting.remove(id, lane: lane) {
            counts[lane].countEnd(CancellationError())
            return .withdrawn(job)
        }
        guard running[id] != nil, running[id]?.stopRequestedAt == nil else { return .nothing }
        running[id]?.stopRequestedAt = now
        return .stopping(wake: now + limits.stallGrace)
    }

    /// Takes no more work; what waits is handed out to be failed, what runs goes on.
    mutating func shutDown() -> [InferenceJob] {
        isOpen = false
        let jobs = waiting.removeAll()
        for job in jobs { counts[job.lane].countEnd(InferenceError.shuttingDown) }
        return jobs
    }
}
