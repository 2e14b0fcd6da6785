import GigaSTT
import Synchronization

/// A task that may be cancelled before it is known.
final class TaskSlot: Sendable {
    private let state = Mutex((task: Task<Transcript, any Error>?.none, isCancelled: false))

    func hold(_ task: Task<Transcript, any Error>) {
        let isCancelled = state.withLock { state in
            state.task = task
            return state.isCancelled
        }
        if isCancelled { task.cancel() }
    }

    func cancel() {
        let task = state.withLock { state in
            state.isCancelled = true
            return state.task
        }
        task?.cancel()
    }
}
