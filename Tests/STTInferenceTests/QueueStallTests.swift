import TestSupport
import Testing

@testable import STTInference

@Suite(.timeLimit(.minutes(1))) struct QueueStallTests {
    private let a = ClientID(), b = ClientID()

    /// Starts work that ignores what it is told, and returns when it runs; `gone` is set when its thread has let go.
    private func stall(_ rig: Rig, _ gate: Gate, gone: Moment, into runs: inout Rig.Runs) async {
        runs.addTask { [a] in
            let probe = ReleaseProbe(gone)
            return await rig.outcome("stuck") {
                try await rig.queue.run(.final, client: a) { [probe] _ in
                    _ = probe
                    gate.pass()
                }
            }
        }
        await gate.entered.wait()
    }

    @Test func aStuckRunLosesItsCallerAndItsThreadIsReplaced() async throws {
        let rig = Rig()
        let gate = Gate(), gone = Moment()
        do {
            await withTaskGroup { runs in
                await stall(rig, gate, gone: gone, into: &runs)
                rig.time.advance(to: .seconds(120))
                rig.time.advance(to: .milliseconds(129_999))
                #expect(rig.queue.statistics.busyWorkers == 1)
                rig.time.advance(to: .seconds(130))
                let outcome = await runs.next()
                #expect(outcome == "stuck stalled")
            }
            var now = rig.queue.statistics
            #expect([now.workers, now.idleWorkers, now.abandonedThreads, now.lanes.final.stalled] == [1, 1, 1, 1])
            #expect(try await rig.queue.run(.final, client: b) { _ in 42 } == 42)
            gate.open()
            await gone.wait()
            now = rig.queue.statistics
            #expect([now.workers, now.abandonedThreads, now.lanes.final.completed] == [1, 0, 1])
        }
    }

    @Test func aCancelledRunThatDoesNotListenIsStuckAfterTheGraceTime() async {
        let rig = Rig()
        let gate = Gate(), gone = Moment()
        await withTaskGroup { runs in
            await stall(rig, gate, gone: gone, into: &runs)
            rig.time.advance(to: .seconds(50))
            runs.cancelAll()
            await rig.time.asked(for: .seconds(60))
            rig.time.advance(to: .milliseconds(59_999))
            #expect(rig.queue.statistics.busyWorkers == 1)
            rig.time.advance(to: .seconds(60))
            let outcome = await runs.next()
            #expect(outcome == "stuck stalled")
        }
        gate.open()
        await gone.wait()
    }

    @Test func theQueueRefusesWhenNoWorkerIsLeftAndRecoversWhenOneReturns() async throws {
        let rig = Rig { $0.abandonedThreads = 1 }
        let gates = [Gate(), Gate()], gone = [Moment(), Moment()]
        await withTaskGroup { runs in
            await stall(rig, gates[0], gone: gone[0], into: &runs)
            rig.time.advance(to: .seconds(120))
            rig.time.advance(to: .seconds(130))
            await stall(rig, gates[1], gone: gone[1], into: &runs)
            await rig.enqueue("waiting", .file, b, into: &runs)
            rig.time.advance(to: .seconds(250))
            rig.time.advance(to: .seconds(260))
            let outcomes = await runs.reduce(into: Set<String>()) { $0.insert($1) }
            #expect(outcomes == ["stuck stalled", "waiting stalled"])
        }
        #expect(rig.queue.statistics.workers == 0)
        #expect(rig.queue.statistics.abandonedThreads == 2)
        await #expect(throws: InferenceError.noWorkerLeft) { try await rig.queue.run(.final, client: b) { _ in } }
        gates[1].open()
        await gone[1].wait()
        #expect(rig.queue.statistics.workers == 1)
        #expect(try await rig.queue.run(.final, client: b) { _ in 42 } == 42)
        gates[0].open()
        await gone[0].wait()
        #expect(rig.queue.statistics.workers == 1)
        #expect(rig.queue.statistics.abandonedThreads == 0)
    }

    @Test func aStuckRunDoesNotHoldUpADrain() async {
        let rig = Rig()
        let gate = Gate(), gone = Moment()
        await withTaskGroup { runs in
            await stall(rig, gate, gone: gone, into: &runs)
            rig.queue.shutDown()
            rig.time.advance(to: .seconds(120))
            rig.time.advance(to: .seconds(130))
            await rig.queue.drain()
            #expect(rig.queue.statistics.workers == 0)
        }
        gate.open()
        await gone.wait()
        #expect(rig.queue.statistics.abandonedThreads == 0)
    }

    @Test func aDrainThatHasBegunEndsWhenTheStuckRunIsGivenUp() async {
        let rig = Rig()
        let gate = Gate(), gone = Moment()
        await withTaskGroup { runs in
            await stall(rig, gate, gone: gone, into: &runs)
            await rig.enqueue("waiting", .file, b, into: &runs)
            runs.addTask {
                await rig.queue.drain()
                return "drained"
            }
            // Failing what waits is how a drain begins.
            let first = await runs.next()
            #expect(first == "waiting shuttingDown")
            rig.time.advance(to: .seconds(120))
            rig.time.advance(to: .seconds(130))
            let rest = await runs.reduce(into: Set<String>()) { $0.insert($1) }
            #expect(rest == ["stuck stalled", "drained"])
        }
        gate.open()
        await gone.wait()
    }
}
