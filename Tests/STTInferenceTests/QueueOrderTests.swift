import TestSupport
import Testing

@testable import STTInference

@Suite(.timeLimit(.minutes(1))) struct QueueOrderTests {
    private let a = ClientID(), b = ClientID(), c = ClientID()

    /// Holds the only worker, queues `pieces` in their order, and returns the order in which they started.
    private func starts(
        _ pieces: [(String, InferenceLane, ClientID)], _ change: (inout InferenceQueue.Limits) -> Void = { _ in }
    ) async -> [String] {
        let rig = Rig(change)
        return await withTaskGroup { runs in
            let gate = Gate()
            await rig.block(gate, into: &runs)
            for (name, lane, client) in pieces { await rig.enqueue(name, lane, client, into: &runs) }
            gate.open()
            await runs.waitForAll()
            return rig.started.names
        }
    }

    @Test func finalsGoBeforePartialsAndPartialsBeforeFiles() async {
        let order = await starts([
            ("file", .file, a), ("partial", .partial, b), ("final", .final, c), ("final 2", .final, a),
        ])
        #expect(order == ["final", "final 2", "partial", "file"])
    }

    @Test func clientsOfALaneTakeTurns() async {
        let order = await starts([
            ("a1", .file, a), ("a2", .file, a), ("a3", .file, a), ("b1", .file, b), ("b2", .file, b), ("c1", .file, c),
        ])
        #expect(order == ["a1", "b1", "c1", "a2", "b2", "a3"])
    }

    @Test func waitingFilesAndPartialsAge() async {
        let finals = (1...8).map { ("F\($0)", InferenceLane.final, c) }
        let order = await starts([("f1", .file, a), ("f2", .file, a), ("p1", .partial, b)] + finals) {
            $0.partialPassLimit = 6
            $0.filePassLimit = 3
        }
        // Three finals pass the first file; six starts pass the partial, which keeps the second file waiting once more.
        #expect(order == ["F1", "F2", "F3", "f1", "F4", "F5", "p1", "f2", "F6", "F7", "F8"])
    }

    @Test func aNewerPartialTakesThePlaceOfTheWaitingOne() async {
        let rig = Rig()
        await withTaskGroup { runs in
            let gate = Gate()
            await rig.block(gate, into: &runs)
            await rig.enqueue("a1", .partial, a, into: &runs)
            await rig.enqueue("b1", .partial, b, into: &runs)
            await rig.enqueue("a2", .partial, a, into: &runs)
            // Its caller hears of it while the worker is still held.
            let first = await runs.next()
            #expect(first == "a1 superseded")
            #expect(rig.queue.statistics.lanes.partial.waiting == 2)
            gate.open()
            await runs.waitForAll()
        }
        #expect(rig.started.names == ["a2", "b1"])
        #expect(rig.queue.statistics.lanes.partial.superseded == 1)
        #expect(rig.queue.statistics.lanes.partial.completed == 2)
    }

    @Test func aFinalWithdrawsTheWaitingPartialOfItsClientOnly() async {
        let rig = Rig()
        await withTaskGroup { runs in
            let gate = Gate()
            await rig.block(gate, into: &runs)
            await rig.enqueue("a", .partial, a, into: &runs)
            await rig.enqueue("b", .partial, b, into: &runs)
            await rig.enqueue("file of b", .file, b, into: &runs)
            await rig.enqueue("A", .final, a, into: &runs)
            let first = await runs.next()
            #expect(first == "a superseded")
            gate.open()
            await runs.waitForAll()
        }
        #expect(rig.started.names == ["A", "b", "file of b"])
    }

    @Test func aRunningPartialIsNotSuperseded() async {
        let rig = Rig(workers: 2)
        await withTaskGroup { runs in
            let gate = Gate()
            runs.addTask { [a] in
                await rig.outcome("partial") {
                    try await rig.queue.run(.partial, client: a) { _ in gate.pass() }
                }
            }
            await gate.entered.wait()
            await rig.enqueue("final", .final, a, into: &runs)
            let first = await runs.next()
            gate.open()
            let second = await runs.next()
            #expect([first, second] == ["final", "partial"])
        }
    }
}
