/// Runs requests on a fixed number of threads of its own, in a fair order and within bounds.
///
/// Voice activity goes before finals, finals before partials and partials before files; inside a lane clients take turns; work that is passed over
/// ages until it goes first, so nothing starves. A full lane refuses at once. A caller that is cancelled, or whose time
/// is over, leaves the queue if its work waits and stops it through a ``CancellationToken`` if it runs. Work that does
/// not stop loses its caller and its thread, not the queue.
///
/// When the queue is released, its threads end, and what waits fails.
package final class InferenceQueue: Sendable {
    let driver: InferenceDriver

    /// Creates a queue and starts its threads.
    package convenience init(_ limits: Limits = Limits()) {
        self.init(limits, time: SystemDeadlineTimer())
    }

    init(_ limits: Limits, time: any DeadlineTimer) {
        driver = InferenceDriver(limits.withinRanges, time: time)
    }

    deinit {
        driver.shutDown()
    }

    /// Runs a request on a worker thread and returns its result.
    ///
    /// - Parameters:
    ///   - request: What to compute. It is run at most once, and released when it has ended.
    ///   - lane: What the work is for. A partial replaces one of the same client that still waits, and keeps its place;
    ///     a final withdraws it.
    ///   - client: Whose turn it takes. Work of one client in one lane starts in the order in which it was submitted.
    ///   - timeout: The time allowed for waiting and running together; without one, only a single run is bounded.
    ///   - isAdmitted: Whether the client was admitted before. Its work then waits in a full lane, instead of being
    ///     refused; the client itself has to bound how much it submits.
    /// - Returns: The result, if the run was not asked to stop before it ended.
    /// - Throws: ``InferenceError``; `CancellationError` if the calling task is cancelled; what the request throws.
    nonisolated(nonsending) package func run<Request: InferenceRequest>(
        _ request: Request, in lane: InferenceLane, client: ClientID, timeout: Duration? = nil,
        isAdmitted: Bool = false
    ) async throws -> Request.Output {
        let ticket = InferenceJob.Ticket(
            lane: lane, client: client, submitted: driver.now, timeout: timeout, isAdmitted: isAdmitted)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                driver.submit(InferenceJob(ticket, request) { continuation.resume(with: $0) })
            }
        } onCancel: {
            driver.cancel(ticket)
        }
    }

    /// What waits, what runs, and how everything so far has ended.
    package var statistics: Statistics { driver.statistics }

    /// How many requests wait in a lane.
    package func waitingCount(_ lane: InferenceLane) -> Int { driver.waitingCount(lane) }

    /// How long work submitted now would wait, by what waits before it and by how long such work has lately run.
    package func expectedWait(_ lane: InferenceLane) -> Duration { driver.expectedWait(lane) }

    /// Refuses new work, fails what waits with ``InferenceError/Code/shuttingDown``, and lets running work finish.
    package func shutDown() {
        driver.shutDown()
    }

    /// Calls `body` once, when the queue was shut down or released and its threads have ended: at once, or on one of
    /// them. It does not keep the queue alive, and must be short.
    package func whenDrained(_ body: @escaping @Sendable () -> Void) { driver.whenDrained(body) }

    /// Shuts down and returns when the last run has ended and the threads have left.
    ///
    /// Cancelling the caller does not shorten the wait; cancelling those who wait for the runs does. It is bounded by
    /// ``Limits-swift.struct/stallTimeout`` and ``Limits-swift.struct/stallGrace``, since stuck threads are given up.
    package func drain() async {
        driver.shutDown()
        await driver.drained()
    }
}
