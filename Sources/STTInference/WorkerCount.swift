/// The threads that work, and those that are stuck in a run that did not stop when asked to.
struct WorkerCount {
    /// Threads that run work or wait for it.
    private(set) var workers: Int
    /// Threads written off. Each costs its stack and whatever its work holds, so their number is bounded.
    private(set) var abandoned = 0
    private let wanted: Int
    private let abandonedLimit: Int

    init(workers: Int, abandonedLimit: Int) {
        self.workers = workers
        self.wanted = workers
        self.abandonedLimit = abandonedLimit
    }

    /// Writes a thread off; whether a new one is to be started in its place.
    mutating func abandon(isOpen: Bool) -> Bool {
        abandoned += 1
        guard isOpen, abandoned <= abandonedLimit else {
            workers -= 1
            return false
        }
        return true
    }

    /// A thread that was written off is back; whether it is needed as a worker.
    mutating func returned(isOpen: Bool) -> Bool {
        abandoned -= 1
        guard isOpen, workers < wanted else { return false }
        workers += 1
        return true
    }

    mutating func leave() { workers -= 1 }
}
