extension InferenceQueue {
    /// A request that was submitted and that no task awaits.
    package struct Submission: Sendable {
        private let driver: InferenceDriver
        private let ticket: InferenceJob.Ticket

        fileprivate init(driver: InferenceDriver, ticket: InferenceJob.Ticket) {
            self.driver = driver
            self.ticket = ticket
        }

        /// Takes the request out of the queue, or asks its run to stop. Calling it later or again does nothing.
        package func cancel() { driver.cancel(ticket) }
    }

    /// Submits a request like ``run(_:in:client:timeout:isAdmitted:)`` and returns at once; `completion` gets the result.
    ///
    /// - Parameter completion: Called exactly once with what `run` would have returned or thrown: on the worker, on
    ///   the thread that cancels or keeps the time, or, when the queue refuses, on this one. It must be short and must
    ///   not wait.
    @discardableResult
    package func submit<Request: InferenceRequest>(
        _ request: Request, in lane: InferenceLane, client: ClientID, timeout: Duration? = nil,
        isAdmitted: Bool = false, completion: @escaping @Sendable (Result<Request.Output, any Error>) -> Void
    ) -> Submission {
        let ticket = InferenceJob.Ticket(
            lane: lane, client: client, submitted: driver.now, timeout: timeout, isAdmitted: isAdmitted)
        driver.submit(InferenceJob(ticket, request, resume: completion))
        return Submission(driver: driver, ticket: ticket)
    }
}
