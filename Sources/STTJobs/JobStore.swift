/// Where jobs are kept: the store is the queue, and there is no second truth in memory.
///
/// Every transition is one statement that checks the state of the job and, where it belongs to a worker, its fencing
/// token; so a worker that wakes late changes nothing. Times are seconds since 1970 and are given by the caller. Every
/// method throws `JobStoreError`, and `CancellationError` when the task is cancelled.
package protocol JobStore: Sendable {
    /// Stores a job, unless the limits are reached or its idempotency key is known.
    func submit(_ job: NewJob, limits: JobLimits, at now: Double) async throws -> Submission

    /// Whether a new job would be refused.
    func isFull(_ limits: JobLimits) async throws -> Bool

    /// A job that the reader may see.
    func job(_ id: String, for reader: JobReader) async throws -> Job?

    /// Jobs in the order of the newest submission first.
    func jobs(_ page: JobPage, for reader: JobReader) async throws -> [Job]

    /// What is decided of a job, in order.
    func utterances(of id: String) async throws -> [StoredUtterance]

    /// The texts of what is decided of a job, in order; those without words are left out.
    func texts(of id: String) async throws -> [String]

    /// Ends a job that is not over.
    func cancel(_ id: String, for reader: JobReader, at now: Double) async throws -> JobChange

    /// Removes a job in any state, with all that was recognised, so that it cannot be read from the disk either.
    func erase(_ id: String, for reader: JobReader) async throws -> JobChange

    /// Leases the next job, or the next part of one, until `lease`; `nil` when none may be taken now.
    ///
    /// What a worker has died on goes first, and while it runs nothing else does: should it end the process again,
    /// no other job is suspected.
    func claim(until lease: Double, at now: Double) async throws -> ClaimedJob?

    /// Keeps a lease; `false` when it is lost.
    func renew(_ lease: JobLease, until end: Double) async throws -> Bool

    /// Notes the length that the header of the recording states; `false` when the lease is lost.
    func note(duration: Double, _ lease: JobLease) async throws -> Bool

    /// Cuts a job of which nothing is stored into parts, which any worker may claim, at these seconds of the recording; its
    /// lease is then over. `false` when that is lost.
    func split(_ lease: JobLease, at cuts: [Double], duration: Double, at now: Double) async throws -> Bool

    /// Stores the next utterance and keeps the lease; `false` when that is lost, and then nothing is stored.
    func append(_ utterance: StoredUtterance, _ lease: JobLease, until end: Double) async throws -> Bool

    /// Ends a job, or a part of it, as done, failed, or queued again. A job ends with the last of its parts, or with the
    /// first that fails.
    func settle(_ lease: JobLease, as outcome: JobOutcome, at now: Double) async throws -> JobSettlement

    /// Takes jobs and parts back whose lease ended before `now`, or all that are leased. Those whose workers have died as
    /// often as `deathLimit` fail with `failure`, and a job with its part. Returns the jobs as they are then.
    func takeBack(_ leases: JobLeases, deathLimit: Int, failure: String, at now: Double) async throws -> [Job]

    /// Removes jobs that are over: those that are older than allowed, and the oldest where there are too many.
    func removeExpired(_ retention: JobRetention, at now: Double) async throws -> Int

    /// The files in the job folder that jobs and uploads still need.
    func storedAudio() async throws -> Set<String>

    /// How many jobs there are in each state.
    func counts() async throws -> [JobState: Int]

    /// Bytes of the recordings, and of the shares of recordings, that are queued.
    func waitingByteCount() async throws -> Int

    /// Whether other processes use the store at the same time.
    var isShared: Bool { get }

    /// Makes sure that the store can be used; called once before anything else.
    func open() async throws

    /// Reports what other processes announce, until the task is cancelled; returns at once where there are none. What is
    /// announced while there is no connection is lost.
    func report(to receiver: @escaping @Sendable (JobAnnouncement) -> Void) async
}

/// What a process that uses the store announces to the others.
package enum JobAnnouncement: Sendable, Hashable {
    /// A job may wait.
    case waiting
    /// The job with this identifier was cancelled or erased.
    case ended(String)
}

/// How a submission went.
package enum Submission: Sendable, Hashable {
    case accepted(Job)
    /// The idempotency key belongs to this job, which was submitted with the same request.
    case known(Job)
    /// It belongs to a job that was submitted with another request.
    case keyReused
    /// The limits are reached.
    case full
}

/// How a change that a client asked for went.
package enum JobChange: Sendable, Hashable {
    /// The job as it was before.
    case changed(Job)
    /// Its state does not allow it.
    case refused
    /// There is no such job for this client.
    case unknown
}

/// How the end of an attempt was taken.
package enum JobSettlement: Sendable, Hashable {
    /// The lease was lost before: nothing has changed.
    case lost
    /// The job goes on: it waits again, or other parts of it are left.
    case open
    /// The job is over, by this attempt alone.
    case over
}

/// How a worker ends its attempt.
package enum JobOutcome: Sendable, Hashable {
    /// Everything is recognised: so many seconds.
    case done(duration: Double)
    /// It cannot be recognised.
    case failed(String)
    /// It is to be taken up again later.
    case released
}

/// Who reads or changes jobs.
package enum JobReader: Sendable, Hashable {
    /// All jobs: the administrator, and every client of a server without keys.
    case all
    /// Those submitted with the key of this name.
    case owner(String)
}

/// Which leases are taken back.
package enum JobLeases: Sendable, Hashable {
    /// Those that ended.
    case ended
    /// All: the workers that had them are known to be dead.
    case all
}

/// A page of a list.
package struct JobPage: Sendable, Hashable {
    /// Most jobs of a page.
    package static let sizes = 1...1_000

    /// Jobs submitted before this one; `nil`: from the newest.
    package var before: String?
    /// Only jobs in this state.
    package var state: JobState?
    package var size = 50

    package init() {}
}

/// What a store takes.
package struct JobLimits: Sendable, Hashable {
    /// Jobs in any state.
    package var count: Int
    /// Bytes of audio in the job folder. The job that crosses the line is still taken.
    package var byteCount: Int

    package init(count: Int, byteCount: Int) {
        self.count = count
        self.byteCount = byteCount
    }
}

/// How long jobs that are over are kept.
package struct JobRetention: Sendable, Hashable {
    /// Seconds after the end; 0: for ever.
    package var seconds: Double
    /// Jobs; 0: no limit.
    package var count: Int
    /// Bytes of results; 0: no limit.
    package var byteCount: Int

    package init(seconds: Double, count: Int = 0, byteCount: Int = 0) {
        self.seconds = seconds
        self.count = count
        self.byteCount = byteCount
    }
}
