/// A unit of work and the caller that waits for it.
///
/// The caller is resumed by whoever takes the job out of ``QueueMachine``: that happens once, so this does.
struct InferenceJob: Sendable, Identifiable {
    let lane: InferenceLane
    let client: ClientID
    let token: CancellationToken
    let submitted: Duration
    /// When the time allowed for waiting and running is over.
    let deadline: Duration?
    private let perform: @Sendable (CancellationToken) -> FinishedRun
    /// Resumes the caller of a job that did not run, or that will not be waited for.
    let fail: @Sendable (any Error) -> Void

    /// How a body ended, before it is known whether its caller still wants to hear of it.
    struct FinishedRun: Sendable {
        /// Whether the body threw.
        let threw: Bool
        /// Why the body was told to stop, if it was.
        let reason: (any Error)?
        /// Resumes the caller with the result, or with the reason.
        let deliver: @Sendable () -> Void
    }

    /// Identifies the job as long as anyone holds its token.
    var id: ObjectIdentifier { ObjectIdentifier(token) }

    init<Value: Sendable>(
        _ ticket: Ticket, body: @escaping @Sendable (CancellationToken) throws -> Value,
        resume: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) {
        lane = ticket.lane
        client = ticket.client
        token = ticket.token
        submitted = ticket.submitted
        deadline = ticket.timeout.map { ticket.submitted + $0 }
        fail = { resume(.failure($0)) }
        perform = { token in
            let result = Result {
                try token.checkCancellation()
                return try body(token)
            }
            let reason = token.close()
            // A body that was told to stop may have left off half-way: its result is not to be trusted.
            let outcome = reason.map { Result.failure($0) } ?? result
            return FinishedRun(threw: result.isFailure, reason: reason) { resume(outcome) }
        }
    }

    /// Runs the body on the calling thread.
    func run() -> FinishedRun { perform(token) }

    /// What is known of a job before anybody can wait for it.
    struct Ticket: Sendable {
        let lane: InferenceLane
        let client: ClientID
        let submitted: Duration
        let timeout: Duration?
        let token = CancellationToken()
    }
}

extension Result {
    fileprivate var isFailure: Bool {
        if case .failure = self { true } else { false }
    }
}
