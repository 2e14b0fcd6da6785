import Foundation
import TestSupport
import Testing

@testable import STTInference

/// Partials that are stopped so that a final need not wait.
@Suite(.timeLimit(.minutes(1))) struct QueuePreemptionTests {
    /// A machine whose jobs have names, and whose time is the number of what was done.
    private struct Table {
        private var machine: QueueMachine
        private var tickets: [String: InferenceJob.Ticket] = [:]
        private var step = 0

        init(workers: Int) {
            var limits = InferenceQueue.Limits()
            limits.workers = workers
            limits.partialPassLimit = 2
            machine = QueueMachine(limits)
        }

        private var now: Duration { .milliseconds(step) }

        /// Submits a job; the names of those that are asked to stop.
        mutating func submit(_ name: String, _ lane: InferenceLane) -> [String] {
            step += 1
            let ticket = InferenceJob.Ticket(lane: lane, client: ClientID(), submitted: now, timeout: nil)
            tickets[name] = ticket
            let job = InferenceJob(ticket, Body { _ in }) { _ in }
            guard case .accepted(_, let stopped) = machine.submit(job, now: now) else { return ["refused"] }
            return stopped.map { token in tickets.first { $0.value.token === token }?.key ?? "unknown" }
        }

        /// Submits jobs, none of which may stop another, and gives each to a worker.
        mutating func run(_ names: [String], _ lane: InferenceLane) {
            for name in names {
                #expect(submit(name, lane).isEmpty)
                start()
            }
        }

        mutating func start() {
            step += 1
            guard case .run = machine.next(now: now) else {
                Issue.record("There was nothing to run.")
                return
            }
        }
    }

    @Test func theRunThatBeganLastGivesWayAndNoMoreThanFinalsNeed() {
        var table = Table(workers: 3)
        table.run(["first", "second"], .partial)
        // A worker is free.
        #expect(table.submit("final", .final).isEmpty)
        table.start()
        #expect(table.submit("final 2", .final) == ["second"])
        #expect(table.submit("final 3", .final) == ["first"])
        #expect(table.submit("final 4", .final).isEmpty)
    }

    @Test func aWorkerThatLooksForSpeechIsAboutToBeFree() {
        var table = Table(workers: 2)
        table.run(["partial"], .partial)
        table.run(["activity"], .activity)
        #expect(table.submit("final", .final).isEmpty)
        #expect(table.submit("final 2", .final) == ["partial"])
    }

    @Test(arguments: [InferenceLane.final, .file, .activity])
    func otherWorkDoesNotGiveWay(_ lane: InferenceLane) {
        var table = Table(workers: 2)
        table.run(["a", "b"], lane)
        #expect(table.submit("final", .final).isEmpty)
    }

    @Test(arguments: [InferenceLane.partial, .file, .activity])
    func partialsGiveWayToFinalsOnly(_ lane: InferenceLane) {
        var table = Table(workers: 1)
        table.run(["partial"], .partial)
        #expect(table.submit("other", lane).isEmpty)
    }

    @Test func aPartialThatFinalsHavePassedOftenEnoughIsNotStopped() {
        var table = Table(workers: 1)
        table.run(["final"], .final)
        _ = table.submit("partial", .partial)
        for name in ["final 2", "final 3", "final 4"] { #expect(table.submit(name, .final).isEmpty) }
        // Two finals pass it, then it goes before the third.
        for _ in 0..<3 { table.start() }
        #expect(table.submit("final 5", .final).isEmpty)
    }

    @Test func theWorkerOfAStoppedPartialTakesTheFinal() async {
        let rig = Rig()
        let outcomes = await withTaskGroup { runs in
            let running = Moment()
            runs.addTask {
                await rig.outcome("partial") {
                    try await rig.queue.run(.partial, client: ClientID()) { token in
                        let stopped = DispatchSemaphore(value: 0)
                        token.onCancel({ stopped.signal() }) {
                            running.come()
                            stopped.wait()
                        }
                    }
                }
            }
            await running.wait()
            await rig.enqueue("final", .final, ClientID(), into: &runs)
            return await runs.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(outcomes == ["partial preempted", "final"])
        let lanes = rig.queue.statistics.lanes
        #expect(lanes.partial.preempted == 1 && lanes.partial.completed == 0 && lanes.final.completed == 1)
        // The run is given up in time if it does not stop.
        await rig.time.asked(for: InferenceQueue.Limits().stallGrace)
    }
}
