import TestSupport
import Testing

@testable import STTInference

@Suite(.timeLimit(.minutes(1))) struct QueueBoundsTests {
    private let a = ClientID(), b = ClientID(), c = ClientID()

    @Test(arguments: InferenceLane.allCases)
    func aFullLaneRefusesAtOnceAndTheOthersDoNot(_ lane: InferenceLane) async {
        let rig = Rig { $0.waiting = PerLane(repeating: 2) }
        await withTaskGroup { runs in
            let gate = Gate()
            await rig.block(gate, into: &runs)
            await rig.enqueue("1", lane, a, into: &runs)
            await rig.enqueue("2", lane, b, into: &runs)
            // Nothing has run yet, so each of the two waiting pieces counts a second, on one worker; those of voice activity
            // a millisecond, and no pause is shorter than 100.
            let pause = lane == .activity ? Duration.milliseconds(100) : .seconds(2)
            await #expect(throws: InferenceError.overloaded(retryAfter: pause)) {
                try await rig.queue.run(lane, client: c) { _ in }
            }
            for other in InferenceLane.allCases where other != lane {
                await rig.enqueue("other", other, c, into: &runs)
            }
            #expect(rig.queue.statistics.lanes[lane].refused == 1)
            #expect(rig.queue.statistics.lanes.map(\.waiting).all.reduce(0, +) == 5)
            gate.open()
            await runs.waitForAll()
        }
    }

    @Test func aFullLaneStillLetsAClientRefreshItsPartial() async {
        let rig = Rig { $0.waiting = PerLane(repeating: 1) }
        await withTaskGroup { runs in
            let gate = Gate()
            await rig.block(gate, into: &runs)
            await rig.enqueue("old", .partial, a, into: &runs)
            await rig.enqueue("new", .partial, a, into: &runs)
            let first = await runs.next()
            #expect(first == "old superseded")
            gate.open()
            await runs.waitForAll()
        }
        #expect(rig.started.names == ["new"])
    }

    @Test func aRefusedFinalLeavesThePartialOfItsClientAlone() async {
        let rig = Rig { $0.waiting = PerLane(repeating: 1) }
        await withTaskGroup { runs in
            let gate = Gate()
            await rig.block(gate, into: &runs)
            await rig.enqueue("partial", .partial, a, into: &runs)
            await rig.enqueue("other", .final, b, into: &runs)
            await #expect(throws: InferenceError.self) { try await rig.queue.run(.final, client: a) { _ in } }
            gate.open()
            await runs.waitForAll()
        }
        #expect(rig.started.names == ["other", "partial"])
    }

    @Test func aBodyThatThrowsEndsOnlyItself() async throws {
        struct Failure: Error, Equatable {}
        let rig = Rig()
        await #expect(throws: Failure()) { try await rig.queue.run(.final, client: a) { _ in throw Failure() } }
        // Thrown by the body itself, this is its failure, not a cancellation.
        await #expect(throws: CancellationError.self) {
            try await rig.queue.run(.final, client: a) { _ in throw CancellationError() }
        }
        #expect(try await rig.queue.run(.final, client: a) { _ in 42 } == 42)
        let lane = rig.queue.statistics.lanes.final
        #expect([lane.failed, lane.cancelled, lane.completed] == [2, 0, 1])
        #expect(rig.queue.statistics.workers == 1)
    }

    @Test func waitingAndRunningTimeAreCounted() async {
        let rig = Rig()
        await withTaskGroup { runs in
            let gate = Gate()
            await rig.block(gate, into: &runs)
            await rig.enqueue("final", .final, a, into: &runs) { _ in rig.time.advance(to: .seconds(7)) }
            rig.time.advance(to: .seconds(4))
            gate.open()
            await runs.waitForAll()
        }
        let lanes = rig.queue.statistics.lanes
        #expect(lanes.final.waitTime.sum == .seconds(4))
        #expect(lanes.final.runTime.sum == .seconds(3))
        #expect(lanes.file.runTime.sum == .seconds(4))
        #expect(lanes.final.waitTime.count == 1)
    }
}
