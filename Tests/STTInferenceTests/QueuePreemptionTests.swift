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
        private var jobs: [String: InferenceJob] = [:]
        private var step = 0

        init(workers: Int) {
            var limits = InferenceQueue.Limits()
            limits.workers = workers
            limits.partialPassLimit = 2
            machine = QueueMachine(limits)
        }

        private var now: Duration { .milliseconds(step) }

        /// Submits a job; the names of those that are asked to stop.
        mutating func submit(_ name: String, _ lane: InferenceLane, _ client: ClientID = ClientID()) -> [String] {
            step += 1
            let ticket = InferenceJob.Ticket(lane: lane, client: client, submitted: now, timeout: nil)
            tickets[name] = ticket
            let job = InferenceJob(ticket, Body { _ in }) { _ in }
            jobs[name] = job
            guard case .accepted(_, let stopped) = machine.submit(job, now: now) else { return ["refused"] }
            return stopped.map { token in tickets.first { $0.value.token === token }?.key ?? "unknown" }
        }

        /// Submits jobs, none of which may stop another, and gives each to a worker.
        mutating func run(_ names: [String], _ lane: InferenceLane, _ client: ClientID = ClientID()) {
            for name in names {
                #expect(submit(name, lane, client).isEmpty)
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

        /// The run of a job ends, by itself or because it was asked to.
        mutating func finish(_ name: String, _ reason: InferenceError? = nil) {
            step += 1
            guard let job = jobs[name] else { return }
            _ = machine.finish([.init(job: job, threw: false, reason: reason, deliver: {})], now: now)
        }

        /// A client's partial runs alone when a final comes, which then runs, too; whether it was asked to stop.
        mutating func play(_ client: ClientID) -> Bool {
            run(["partial"], .partial, client)
            let isStopped = submit("final", .final) == ["partial"]
            finish("partial", isStopped ? .preempted : nil)
            start()
            finish("final")
            return isStopped
        }
    }

    /// Under a steady load of finals each client has every fourth partial at least.
    @Test func aClientIsStoppedThreeTimesInARowAtMost() {
        var table = Table(workers: 1)
        let (first, second) = (ClientID(), ClientID())
        #expect((0..<9).map { _ in table.play(first) } == [true, true, true, false, true, true, true, false, true])
        // Another client has its own count.
        #expect([second, second, first, second, second].map { table.play($0) } == [true, true, true, true, false])
    }

    @Test func theClientThatWasCountedFirstMakesRoom() {
        var stopped = StoppedPartials()
        let clients = (0...StoppedPartials.clientLimit).map { _ in ClientID() }
        for client in clients { for _ in 0..<StoppedPartials.limit { stopped.add(client) } }
        #expect(clients.map(stopped.mayStop) == [true] + Array(repeating: false, count: clients.count - 1))
        stopped.reset(clients[1])
        #expect(stopped.mayStop(clients[1]) && !stopped.mayStop(clients[2]))
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
