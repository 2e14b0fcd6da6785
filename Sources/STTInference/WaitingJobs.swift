/// The work that waits: three bounded lanes, one waiting partial per client, and the order in which all of it leaves.
struct WaitingJobs {
    private var lanes = PerLane(repeating: FairLane<InferenceJob>())
    private var schedule: LaneSchedule
    private let bounds: PerLane<Int>

    init(_ limits: InferenceQueue.Limits) {
        schedule = LaneSchedule(partialPatience: limits.partialPatience, filePatience: limits.filePatience)
        bounds = limits.waiting
    }

    enum Admission {
        /// The job waits; the partial it made pointless does not any more.
        case admitted(superseded: InferenceJob?)
        case full
    }

    var counts: PerLane<Int> { lanes.map(\.count) }

    /// The first deadline of all waiting work.
    var earliestDeadline: Duration? { lanes.all.flatMap(\.all).compactMap(\.deadline).min() }

    /// Queues a job, or changes nothing if its lane is full. A newer partial takes the place of a waiting one of its
    /// client, turn included, so a client that refreshes often does not fall behind.
    mutating func admit(_ job: InferenceJob) -> Admission {
        let older = job.lane == .file ? nil : lanes.partial.first(of: job.client)
        let takesItsPlace = job.lane == .partial && older != nil
        guard takesItsPlace || lanes[job.lane].count < bounds[job.lane] else { return .full }
        lanes[job.lane].append(job, client: job.client)
        return .admitted(superseded: older.flatMap { lanes.partial.remove($0.id) })
    }

    /// Takes the work that goes next; files only if they `mayRun`. Files that may not are not passed over: they do not age.
    mutating func popFirst(files mayRun: Bool = true) -> InferenceJob? {
        var waiting = lanes.map { !$0.isEmpty }
        waiting.file = waiting.file && mayRun
        guard let lane = schedule.next(waiting: waiting) else { return nil }
        return lanes[lane].popFirst()
    }

    mutating func remove(_ id: InferenceJob.ID, lane: InferenceLane) -> InferenceJob? {
        lanes[lane].remove(id)
    }

    /// Removes the jobs whose time was over at `now`.
    mutating func removeExpired(_ now: Duration) -> [InferenceJob] {
        removeAll { job in job.deadline.map { $0 <= now } ?? false }
    }

    mutating func removeAll(where isRemoved: (InferenceJob) -> Bool = { _ in true }) -> [InferenceJob] {
        let removed = lanes.all.flatMap { $0.all.filter(isRemoved) }
        for job in removed { _ = lanes[job.lane].remove(job.id) }
        return removed
    }
}
