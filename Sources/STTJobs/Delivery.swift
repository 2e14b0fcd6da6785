/// A message about the end of a job or a call that its receiver has not confirmed.
package struct Delivery: Sendable, Hashable {
    /// The identifier of the job and the event, or of the call: the same at each attempt.
    package let id: String
    /// The identifier of the job, or of the call.
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
    /// The body of a message about a call; `nil`: the message is about a job, and made of the members above.
    package var content: String?
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

/// Messages that are kept until they are delivered. That about a job is stored by the statement that ends it, so that none is
/// lost or made twice. Every method throws as `JobStore` does.
package protocol DeliveryStore: Sendable {
    /// The deliveries that are due, the longest due first.
    func dueDeliveries(limit: Int, at now: Double) async throws -> [Delivery]

    /// Ends an attempt. A delivery that is gone is no error: its job was erased.
    func settle(_ delivery: Delivery, as outcome: DeliveryOutcome) async throws

    /// Stores a message about a call; `false`, and nothing is stored, when there is one with this identifier. The oldest
    /// messages are dropped beyond the limit of the store.
    func add(_ content: String, id: String, call: String, at now: Double) async throws -> Bool

    /// How many deliveries there are.
    func deliveryCount() async throws -> Int
}
