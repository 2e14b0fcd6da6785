import Dispatch

/// Runs an actor on a queue of its own, so that waiting for the disk holds up nobody else.
final class QueueExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "gigastt.download.disk")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
