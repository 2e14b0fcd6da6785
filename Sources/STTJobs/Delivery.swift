/// A message about the end of a job that its receiver has not confirmed.
package struct Delivery: Sendable, Hashable {
    /// The identifier of the job and the event: the same at each attempt.
    package let id: String
    package let job: String
    /// The name of the API key that submitted the job.
    package let owner: String?
    /// How the job ended.
    package let state: JobState
    /// Seconds since 1970 of the submission and of the end.
    package let createdAt: Double
    package let endedAt: Double
    /// Seconds of audio that were recognised.
    package let processed: Double
    /// Why it failed.
    package let failure: String?
    /// Attempts so far.
    package let attempt: Int
}

/// How an attempt at a delivery ended.
package enum DeliveryOutcome: Sendable, Hashable {
    /// The receiver has it.
    case delivered
    /// It is to be tried again at this time.
    case retry(Double)
    /// It is not tried again.
    case abandoned
}

/// Messages that are kept until they are delivered. Each is stored by the statement that ends its job, so that none is lost
/// or made twice. Every method throws as `JobStore` does.
package protocol DeliveryStore: Sendable {
    /// The deliveries that are due, the longest due first.
    func dueDeliveries(limit: Int, at now: Double) async throws -> [Delivery]

    /// Ends an attempt. A delivery that is gone is no error: its job was erased.
    func settle(_ delivery: Delivery, as outcome: DeliveryOutcome) async throws

    /// How many deliveries there are.
    func deliveryCount() async throws -> Int
}
