/// Runs blocking work on a fixed number of threads of its own, in a fair order and within bounds.
///
/// Finals go before partials and partials before files; inside a lane clients take turns; work that is passed over
/// ages until it goes first, so nothing starves. A full lane refuses at once. A caller that is cancelled, or whose time
/// is over, leaves the queue if its work waits and stops it through a ``CancellationToken`` if it runs. Work that does
/// not stop loses its caller and its thread, not the queue.
///
/// The queue lives as long as somebody holds it; then its threads end, and what waits fails.
public final class InferenceQueue: Sendable {
    let driver: InferenceDriver

    /// Creates a queue and starts its threads.
    public convenience init(_ limits: Limits = Limits()) {
        self.init(limits, time: SystemTimekeeper())
    }

    init(_ limits: Limits, time: any Timekeeper) {
        driver = InferenceDriver(limits.withinRanges, time: time)
    }

    deinit {
        driver.shutDown()
    }

    /// Runs `body` on a worker thread and returns its result.
    ///
    /// - Parameters:
    ///   - lane: What the work is for. A partial replaces one of the same client that still waits, and keeps its place;
    ///     a final withdraws it.
    ///   - client: Whose turn it takes. Work of one client in one lane starts in the order in which it was submitted.
    ///   - timeout: The time allowed for waiting and running together; without one, only a single run is bounded.
    ///   - body: Blocking work. It is called at most once, and released when it has ended.
    /// - Returns: What `body` returned, if nobody told it to stop before it did.
    /// - Throws: ``InferenceError``; `CancellationError` if the calling task is cancelled; whatever `body` throws.
    nonisolated(nonsending) public func run<Value: Sendable>(
        _ lane: InferenceLane, client: ClientID, timeout: Duration? = nil,
        body: @escaping @Sendable (CancellationToken) throws -> Value
    ) async throws -> Value {
        let ticket = InferenceJob.Ticket(lane: lane, client: client, submitted: driver.now, timeout: timeout)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                driver.submit(InferenceJob(ticket, body: body) { continuation.resume(with: $0) })
            }
        } onCancel: {
            driver.cancel(ticket)
        }
    }

    /// What waits, what runs, and how everything so far has ended.
    public var statistics: Statistics { driver.statistics }

    /// How long work submitted now would wait, by what waits before it and by how long such work has lately run.
    public func expectedWait(_ lane: InferenceLane) -> Duration { driver.expectedWait(lane) }

    /// Refuses new work, fails what waits with ``InferenceError/Code/shuttingDown``, and lets running work finish.
    public func shutDown() {
        driver.shutDown()
    }

    /// Calls `body` once, when the queue is shut down or nobody holds it any more, and its threads have left: at once, or
    /// on one of them. It does not keep the queue alive, and must be short.
    public func whenDrained(_ body: @escaping @Sendable () -> Void) { driver.whenDrained(body) }

    /// Shuts down and returns when the last run has ended and the threads have left.
    ///
    /// Cancelling the caller does not shorten the wait; cancelling those who wait for the runs does. It is bounded by
    /// ``Limits-swift.struct/stallTimeout`` and ``Limits-swift.struct/stallGrace``, since stuck threads are given up.
    public func drain() async {
        driver.shutDown()
        await driver.drained()
    }
}
