import Synchronization
import TestSupport
import Testing

@testable import STTInference

/// Every order in which things can happen to three jobs and one worker, to a depth of five.
@Suite struct QueueMachineTests {
    enum Move: CaseIterable, Sendable {
        case submitFinal, submitPartial, submitNewerPartial
        case cancelFinal, cancelPartial
        /// A worker takes a job; the body of the job that was taken first ends; a second passes; the queue shuts down.
        case start, finish, tick, shutDown
    }

    /// Does what the driver does, on one thread.
    private struct Play {
        private final class Answers: Sendable {
            let count = Mutex([0, 0, 0])
        }

        private var machine: QueueMachine
        private var now = Duration.zero
        private var tickets: [InferenceJob.Ticket] = []
        private var submitted: Set<Int> = []
        private var onThreads: [[InferenceJob]] = []
        private let answers = Answers()

        init() {
            var limits = InferenceQueue.Limits()
            limits.workers = 1
            limits.stallTimeout = .seconds(2)
            limits.stallGrace = .seconds(1)
            limits.abandonedThreads = 1
            machine = QueueMachine(limits)
            let client = ClientID()
            for (lane, timeout) in [(InferenceLane.final, Duration.seconds(2)), (.partial, nil), (.partial, nil)] {
                tickets.append(.init(lane: lane, client: client, submitted: now, timeout: timeout))
            }
        }

        mutating func make(_ move: Move) {
            switch move {
            case .submitFinal: submit(0)
            case .submitPartial: submit(1)
            case .submitNewerPartial: submit(2)
            case .cancelFinal: cancel(0)
            case .cancelPartial: cancel(1)
            case .start: start()
            case .finish: finish()
            case .tick: tick()
            case .shutDown: for job in machine.shutDown() { job.fail(InferenceError.shuttingDown) }
            }
        }

        private mutating func submit(_ index: Int) {
            guard submitted.insert(index).inserted else { return }
            let job = InferenceJob(tickets[index], Body { _ in }) { [answers] _ in
                answers.count.withLock { $0[index] += 1 }
            }
            switch machine.submit(job, now: now) {
            case .accepted(let superseded, let preempted):
                superseded?.fail(InferenceError.superseded)
                for token in preempted { token.cancel(InferenceError.preempted) }
            case .refused(let error): job.fail(error)
            }
        }

        private mutating func cancel(_ index: Int) {
            tickets[index].token.cancel()
            let id = ObjectIdentifier(tickets[index].token)
            if case .withdrawn(let job) = machine.cancel(id, lane: tickets[index].lane, now: now) {
                job.fail(CancellationError())
            }
        }

        private mutating func start() {
            guard machine.threads.workers > machine.running.count else { return }
            if case .run(let jobs, _) = machine.next(now: now) { onThreads.append(jobs) }
        }

        private mutating func finish() {
            guard !onThreads.isEmpty else { return }
            let finished = InferenceJob.run(onThreads.removeFirst())
            if case .deliver(let runs) = machine.finish(finished, now: now) { for run in runs { run.deliver() } }
        }

        private mutating func tick() {
            now += .seconds(1)
            let scan = machine.expire(now: now)
            for (job, error) in scan.failed { job.fail(error) }
            for token in scan.stopped { token.cancel(InferenceError.timedOut) }
        }

        /// Ends everything; whether each job that was submitted had one answer, and was counted once.
        mutating func endsWell() -> Bool {
            make(.shutDown)
            while !onThreads.isEmpty { finish() }
            start()
            let statistics = machine.statistics
            let counted = statistics.lanes.all.map { lane in
                lane.completed + lane.failed + lane.superseded + lane.preempted + lane.refused + lane.cancelled
                    + lane.timedOut + lane.stalled + lane.shutDown + lane.waiting + lane.running
            }
            return answers.count.withLock { $0 } == (0..<3).map { submitted.contains($0) ? 1 : 0 }
                && counted.reduce(0, +) == submitted.count && machine.isDrained && statistics.abandonedThreads == 0
        }
    }

    @Test(arguments: Move.allCases)
    func everyJobIsAnsweredOnceWhateverTheOrder(_ first: Move) {
        var bad: [[Move]] = []
        func explore(_ moves: [Move]) {
            var play = Play()
            for move in moves { play.make(move) }
            if !play.endsWell() { bad.append(moves) }
            guard moves.count < 5 else { return }
            for move in Move.allCases { explore(moves + [move]) }
        }
        explore([first])
        #expect(bad.isEmpty, "\(bad.count) orders, such as \(bad.first ?? [])")
    }
}
