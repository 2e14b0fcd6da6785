import Dispatch
import Synchronization

/// Runs asynchronous work on the thread that waits for it.
///
/// A C function blocks the thread of its caller. What the library does asynchronously for it runs there, too, so it takes no
/// thread of Swift's cooperative pool; the model runs on the workers of the engine.
final class CallingThread: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let enqueued = DispatchSemaphore(value: 0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        enqueued.signal()
    }

    /// Runs `body` to its end and returns what it returns.
    static func wait<Value: Sendable>(for body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let (thread, answer) = (CallingThread(), Answer<Value>())
        Task(executorPreference: thread) {
            do { answer.set(.success(try await body())) } catch { answer.set(.failure(error)) }
        }
        // The answer comes out of a job, so one that runs here.
        while true {
            thread.runNext()
            if let result = answer.take() { return try result.get() }
        }
    }

    private func runNext() {
        enqueued.wait()
        let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        job?.runSynchronously(on: asUnownedTaskExecutor())
    }

    private final class Answer<Value: Sendable>: Sendable {
        private let result = Mutex<Result<Value, any Error>?>(nil)

        func set(_ new: Result<Value, any Error>) { result.withLock { $0 = new } }
        func take() -> Result<Value, any Error>? { result.withLock { $0.take() } }
    }
}
