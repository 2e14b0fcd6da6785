import Dispatch

/// Runs an actor on its own queue, so that waiting for the disk blocks no other task.
final class QueueExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "gigastt.download.disk")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
