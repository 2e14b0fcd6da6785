internal import Synchronization

/// Performs what ``QueueMachine`` decides: locks, asks, unlocks, acts. Its threads keep it alive until they have left.
final class InferenceDriver: Sendable {
    private struct State {
        var machine: QueueMachine
        var whenDrained: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>
    private let threads = WorkerThreads()
    private let time: any DeadlineTimer

    private let stallGrace: Duration

    init(_ limits: InferenceQueue.Limits, time: any DeadlineTimer) {
        stallGrace = limits.stallGrace
        state = Mutex(State(machine: QueueMachine(limits)))
        self.time = time
        time.start { [weak self] in self?.expire() }
        for _ in 0..<limits.workers { startWorker() }
    }

    var statistics: InferenceQueue.Statistics { state.withLock { $0.machine.statistics } }

    var now: Duration { time.now }

    func waitingCount(_ lane: InferenceLane) -> Int { state.withLock { $0.machine.waiting.counts[lane] } }

    func expectedWait(_ lane: InferenceLane) -> Duration { state.withLock { $0.machine.expectedWait(lane) } }

    func submit(_ job: InferenceJob) {
        let now = now
        switch state.withLock({ $0.machine.submit(job, now: now) }) {
        case .accepted(let superseded, let preempted):
            if let deadline = job.deadline { time.wake(at: deadline) }
            if !preempted.isEmpty { time.wake(at: now + stallGrace) }
            for token in preempted { token.cancel(InferenceError.preempted) }
            threads.signal()
            superseded?.fail(InferenceError.superseded)
        case .refused(let error):
            job.fail(error)
        }
    }

    func cancel(_ ticket: InferenceJob.Ticket) {
        // The token first: a job that is submitted only after this finds it cancelled.
        ticket.token.cancel()
        let now = now
        switch state.withLock({ $0.machine.cancel(ObjectIdentifier(ticket.token), lane: ticket.lane, now: now) }) {
        case .withdrawn(let job): job.fail(CancellationError())
        case .stopping(let wake): time.wake(at: wake)
        case .nothing: break
        }
    }

    func shutDown() {
        let (jobs, workers) = state.withLock { state in
            let isFirst = state.machine.isOpen
            return (state.machine.shutDown(), isFirst ? state.machine.threads.workers : 0)
        }
        for job in jobs { job.fail(InferenceError.shuttingDown) }
        threads.signal(workers)
    }

    /// Returns when the queue is shut down and its threads have left.
    func drained() async {
        await withCheckedContinuation { continuation in whenDrained { continuation.resume() } }
    }

    func whenDrained(_ body: @escaping @Sendable () -> Void) {
        let isDrained = state.withLock { state in
            if !state.machine.isDrained { state.whenDrained.append(body) }
            return state.machine.isDrained
        }
        if isDrained { body() }
    }

    private func startWorker() {
        threads.start { self.step() }
    }

    /// One step of a worker; whether it goes on.
    private func step() -> Bool {
        let now = now
        switch state.withLock({ $0.machine.next(now: now) }) {
        case .wait:
            return true
        case .leave:
            notifyDrained()
            return false
        case .run(let jobs, let wake):
            time.wake(at: wake)
            return run(jobs)
        }
    }

    private func run(_ jobs: [InferenceJob]) -> Bool {
        let finished = InferenceJob.run(jobs)
        let now = now
        let (ending, freesFile) = state.withLock {
            let ending = $0.machine.finish(finished, now: now)
            return (ending, jobs.first?.lane == .file && $0.machine.hasHeldBackFile)
        }
        if freesFile { threads.signal() }
        switch ending {
        case .deliver(let runs):
            for run in runs { run.deliver() }
            return true
        case .resume: return true
        case .leave: return false
        }
    }

    private func expire() {
        let now = now
        let (scan, freesFile) = state.withLock { state in
            let scan = state.machine.expire(now: now)
            return (scan, scan.failed.contains { $0.job.lane == .file } && state.machine.hasHeldBackFile)
        }
        if freesFile { threads.signal() }
        for (job, error) in scan.failed { job.fail(error) }
        for _ in 0..<scan.replacements { startWorker() }
        if let wake = scan.wake { time.wake(at: wake) }
        notifyDrained()
        // Last, since this calls hooks that are not ours.
        for token in scan.stopped { token.cancel(InferenceError.timedOut) }
    }

    private func notifyDrained() {
        let bodies = state.withLock { state in
            guard state.machine.isDrained else { return [@Sendable () -> Void]() }
            defer { state.whenDrained = [] }
            return state.whenDrained
        }
        for body in bodies { body() }
    }
}
