extension InferenceQueue {
    /// Work that was submitted and that nobody awaits.
    public struct Submission: Sendable {
        private let driver: InferenceDriver
        private let ticket: InferenceJob.Ticket

        fileprivate init(driver: InferenceDriver, ticket: InferenceJob.Ticket) {
            self.driver = driver
            self.ticket = ticket
        }

        /// Takes the work out of the queue, or tells it to stop if it runs. Calling it later or again does nothing.
        public func cancel() { driver.cancel(ticket) }
    }

    /// Submits `body` like ``run(_:client:timeout:body:)`` and returns at once; `completion` gets the result.
    ///
    /// - Parameter completion: Called exactly once with what `run` would have returned or thrown: on the worker, on
    ///   the thread that cancels or keeps the time, or, when the queue refuses, on this one. It must be short and must
    ///   not wait.
    @discardableResult
    public func submit<Value: Sendable>(
        _ lane: InferenceLane, client: ClientID, timeout: Duration? = nil,
        body: @escaping @Sendable (CancellationToken) throws -> Value,
        completion: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) -> Submission {
        let ticket = InferenceJob.Ticket(lane: lane, client: client, submitted: driver.now, timeout: timeout)
        driver.submit(InferenceJob(ticket, body: body, resume: completion))
        return Submission(driver: driver, ticket: ticket)
    }
}
