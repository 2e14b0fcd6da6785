/// Work for the queue as a value: what is to be computed, and with what.
package protocol InferenceRequest: Sendable {
    associatedtype Output: Sendable

    /// Requests with equal keys may run together; `nil` always runs alone.
    var batchKey: BatchKey? { get }

    /// What the request takes in a run, such as the frames of its window: all requests of a run are padded to the largest.
    var paddedSize: Int { get }

    /// Whether the run time tells how long other requests of the lane take. `false` for a warm-up or a short step, which
    /// would falsify the estimate that admission rests on.
    var isTypical: Bool { get }

    /// Computes the result of one request. Blocks; called on a worker thread, at most once.
    func run(_ token: CancellationToken) throws -> Output

    /// Computes the results of requests with equal keys, one for each, in their order.
    static func run(_ batch: [(request: Self, token: CancellationToken)]) -> [Result<Output, any Error>]
}

extension InferenceRequest {
    package var batchKey: BatchKey? { nil }

    package var paddedSize: Int { 1 }

    package var isTypical: Bool { true }

    package static func run(
        _ batch: [(request: Self, token: CancellationToken)]
    ) -> [Result<Output, any Error>] {
        batch.map { item in Result { try item.request.run(item.token) } }
    }
}

/// Which requests a backend can compute in one run.
///
/// A backend whose results depend on what else is in a run, such as an encoder with dynamic quantisation, gives no key:
/// the same audio then has the same text whatever the load.
package struct BatchKey: Sendable, Hashable {
    private let backend: ObjectIdentifier
    private let form: Int
    /// The largest number of requests in one run.
    package let limit: Int
    /// The most that a run takes: the number of its requests times the size of the largest. A request that is larger runs
    /// alone.
    package let paddedLimit: Int

    /// A key for requests of one backend that have the same form, such as the rate of their frames.
    package init(backend: AnyObject, form: Int = 0, limit: Int, paddedLimit: Int = .max) {
        self.backend = ObjectIdentifier(backend)
        self.form = form
        self.limit = max(1, limit)
        self.paddedLimit = paddedLimit
    }
}

/// The room that is left in a run.
struct BatchRoom {
    private let first: InferenceJob
    private var count = 1
    private var largest: Int

    init(_ first: InferenceJob) {
        self.first = first
        largest = max(1, first.paddedSize)
    }

    /// Takes a job into the run, if it may join the first one and there is room.
    mutating func take(_ job: InferenceJob) -> Bool {
        guard let key = first.batchKey, count < key.limit, job.mayJoin(first) else { return false }
        let largest = max(largest, job.paddedSize)
        guard count + 1 <= key.paddedLimit / largest else { return false }
        (count, self.largest) = (count + 1, largest)
        return true
    }
}
