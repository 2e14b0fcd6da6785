/// A request and the caller that waits for its result.
///
/// The caller is resumed by the code that takes the job out of ``QueueMachine``: that happens once, so this does.
struct InferenceJob: Sendable, Identifiable {
    let lane: InferenceLane
    let client: ClientID
    let token: CancellationToken
    let submitted: Duration
    /// When the time allowed for waiting and running is over.
    let deadline: Duration?
    /// Whether it is accepted however many requests wait.
    let isAdmitted: Bool
    let isTypical: Bool
    let batchKey: BatchKey?
    let paddedSize: Int
    private let work: any TypedWork

    /// How a run ended for one job, before it is known whether its caller still waits.
    struct FinishedRun: Sendable {
        let job: InferenceJob
        /// Whether the request threw.
        let threw: Bool
        /// Why the run was asked to stop, if it was.
        let reason: (any Error)?
        /// Resumes the caller with the result, or with the reason.
        let deliver: @Sendable () -> Void
    }

    /// Identifies the job as long as its token is held.
    var id: ObjectIdentifier { ObjectIdentifier(token) }

    init<Request: InferenceRequest>(
        _ ticket: Ticket, _ request: Request, resume: @escaping @Sendable (Result<Request.Output, any Error>) -> Void
    ) {
        lane = ticket.lane
        client = ticket.client
        token = ticket.token
        submitted = ticket.submitted
        deadline = ticket.timeout.map { ticket.submitted + $0 }
        isAdmitted = ticket.isAdmitted
        isTypical = request.isTypical
        batchKey = request.batchKey
        paddedSize = request.paddedSize
        work = Work(request: request, token: ticket.token, resume: resume)
    }

    /// Whether it may run together with `first`.
    func mayJoin(_ first: InferenceJob) -> Bool {
        batchKey != nil && batchKey == first.batchKey && work.kind == first.work.kind
    }

    /// Resumes the caller of a job that did not run, or whose result will not be waited for.
    func fail(_ error: any Error) { work.fail(error) }

    /// Runs jobs that may join each other, on the calling thread.
    static func run(_ batch: [InferenceJob]) -> [FinishedRun] {
        guard let first = batch.first else { return [] }
        let outcomes = first.work.run(batch.map(\.work))
        return zip(batch, outcomes).map { job, outcome in
            FinishedRun(job: job, threw: outcome.threw, reason: outcome.reason, deliver: outcome.deliver)
        }
    }

    /// What is known of a job before its caller can wait for it.
    struct Ticket: Sendable {
        let lane: InferenceLane
        let client: ClientID
        let submitted: Duration
        let timeout: Duration?
        var isAdmitted = false
        let token = CancellationToken()
    }
}

/// A request with the type of its result, behind a type that the queue can hold.
private protocol TypedWork: Sendable {
    typealias Outcome = (threw: Bool, reason: (any Error)?, deliver: @Sendable () -> Void)

    /// The type of the request.
    var kind: ObjectIdentifier { get }
    func fail(_ error: any Error)
    /// Runs work of this kind; one outcome for each.
    func run(_ batch: [any TypedWork]) -> [Outcome]
}

private struct Work<Request: InferenceRequest>: TypedWork {
    let request: Request
    let token: CancellationToken
    let resume: @Sendable (Result<Request.Output, any Error>) -> Void

    var kind: ObjectIdentifier { ObjectIdentifier(Request.self) }

    func fail(_ error: any Error) { resume(.failure(error)) }

    func run(_ batch: [any TypedWork]) -> [Outcome] {
        let works = batch.compactMap { $0 as? Work<Request> }
        // What was asked to stop before it began does not run.
        let wanted = works.filter { !$0.token.isCancelled }
        var results = (wanted.isEmpty ? [] : Request.run(wanted.map { ($0.request, $0.token) }))[...]
        let ran = Set(wanted.map { ObjectIdentifier($0.token) })
        return works.map { work in
            let result = ran.contains(ObjectIdentifier(work.token)) ? results.popFirst() : nil
            return work.outcome(result ?? .failure(InferenceError.noResult))
        }
    }

    private func outcome(_ result: Result<Request.Output, any Error>) -> Outcome {
        let reason = token.close()
        let threw = if case .failure = result { true } else { false }
        // A run that was asked to stop may have ended half-way: its result is not to be trusted.
        let final = reason.map { Result.failure($0) } ?? result
        return (threw, reason, { [resume] in resume(final) })
    }
}
