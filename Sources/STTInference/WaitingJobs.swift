/// The jobs that wait: four bounded lanes, one waiting partial per client, and the order in which all of them leave.
struct WaitingJobs {
    private var lanes = PerLane(repeating: FairLane<InferenceJob>())
    private var schedule: LaneSchedule
    private let bounds: PerLane<Int>

    init(_ limits: InferenceQueue.Limits) {
        schedule = LaneSchedule(partialPassLimit: limits.partialPassLimit, filePassLimit: limits.filePassLimit)
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
        let older = job.lane == .file || job.lane == .activity ? nil : lanes.partial.first(of: job.client)
        let takesItsPlace = job.lane == .partial && older != nil
        guard takesItsPlace || job.isAdmitted || lanes[job.lane].count < bounds[job.lane] else { return .full }
        lanes[job.lane].append(job, client: job.client)
        return .admitted(superseded: older.flatMap { lanes.partial.remove($0.id) })
    }

    /// Takes the jobs of the next run: one, and those that may join it. Files only if they `mayRun`; files that may not are
    /// not passed over: they do not age.
    mutating func popBatch(files mayRun: Bool = true) -> [InferenceJob] {
        var waiting = lanes.map { !$0.isEmpty }
        waiting.file = waiting.file && mayRun
        guard let lane = schedule.next(waiting: waiting), let first = lanes[lane].popFirst() else { return [] }
        guard let limit = first.batchKey?.limit, limit > 1 else { return [first] }
        var room = BatchRoom(first)
        return [first] + lanes[lane].pop(limit - 1) { room.take($0) }
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
