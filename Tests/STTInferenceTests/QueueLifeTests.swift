import TestSupport
import Testing

@testable import STTInference

@Suite(.timeLimit(.minutes(1))) struct QueueLifeTests {
    private let a = ClientID(), b = ClientID()

    /// Time that says when its queue is gone.
    private final class LastingTime: DeadlineTimer {
        let probe: ReleaseProbe
        let now = Duration.zero
        init(_ gone: Moment) { probe = ReleaseProbe(gone) }
        func start(_ onWake: @escaping @Sendable () -> Void) {}
        func wake(at time: Duration) {}
    }

    @Test func asManyRunAtOnceAsThereAreWorkers() async {
        let rig = Rig(workers: 3)
        await withTaskGroup { runs in
            let gates = [Gate(), Gate(), Gate()]
            for gate in gates { await rig.block(gate, into: &runs) }
            let now = rig.queue.statistics
            #expect([now.workers, now.busyWorkers, now.idleWorkers, now.lanes.file.running] == [3, 3, 0, 3])
            for gate in gates { gate.open() }
        }
        #expect(rig.queue.statistics.idleWorkers == 3)
    }

    @Test func shuttingDownFailsWhatWaitsAndFinishesWhatRuns() async {
        let rig = Rig()
        await withTaskGroup { runs in
            let gate = Gate()
            await rig.block(gate, into: &runs)
            await rig.enqueue("waiting", .final, a, into: &runs)
            rig.queue.shutDown()
            rig.queue.shutDown()
            let first = await runs.next()
            #expect(first == "waiting shuttingDown")
            await #expect(throws: InferenceError.shuttingDown) { try await rig.queue.run(.file, client: b) { _ in } }
            gate.open()
            let second = await runs.next()
            #expect(second == "gate")
        }
        let lanes = rig.queue.statistics.lanes
        #expect([lanes.final.shutDown, lanes.file.shutDown, lanes.file.completed] == [1, 1, 1])
    }

    @Test func drainingWaitsForTheLastRunAndTheThreads() async {
        let rig = Rig(workers: 2)
        let record = Record()
        await withTaskGroup { runs in
            let gates = [Gate(), Gate()]
            for gate in gates { await rig.block(gate, into: &runs) }
            await rig.enqueue("waiting", .final, a, into: &runs)
            for _ in 1...2 {
                runs.addTask {
                    await rig.queue.drain()
                    record.add("drained")
                    return "drain"
                }
            }
            // Failing what waits is how a drain begins.
            let first = await runs.next()
            #expect(first == "waiting shuttingDown")
            for gate in gates {
                record.add("opening")
                gate.open()
            }
            await runs.waitForAll()
        }
        #expect(record.names == ["opening", "opening", "drained", "drained"])
        #expect(rig.queue.statistics.workers == 0)
        await rig.queue.drain()
    }

    @Test func anIdleQueueEndsItsThreadsWhenItIsReleased() async throws {
        let gone = Moment()
        do {
            let queue = InferenceQueue(.init(), time: LastingTime(gone))
            try await queue.run(.final, client: a) { _ in }
        }
        await gone.wait()
    }

    @Test func aBodyIsReleasedWhenItHasEndedWhileItsWorkerSleeps() async throws {
        let rig = Rig()
        let gone = Moment()
        func run() async throws {
            let probe = ReleaseProbe(gone)
            try await rig.queue.run(.final, client: a) { token in
                token.onCancel({ [token] in _ = (token, probe) }, during: {})
            }
        }
        try await run()
        await gone.wait()
        #expect(rig.queue.statistics.idleWorkers == 1)
    }
}
