import TestSupport
import Testing

@testable import STTInference

@Suite(.timeLimit(.minutes(1))) struct QueueCancellationTests {
    /// Where the caller of a unit of work is when it is cancelled.
    enum Point: CaseIterable {
        case beforeSubmitting, waiting, beforeHook, insideHook, afterHook
    }

    private let a = ClientID(), b = ClientID()

    @Test(arguments: Point.allCases)
    func aCallerIsResumedOnceWhereverItIsCancelled(_ point: Point) async {
        let rig = Rig()
        let record = Record()
        let gate = Gate()
        await withTaskGroup(of: String.self) { others in
            let holder = Gate()
            if point == .waiting || point == .beforeSubmitting { await rig.block(holder, into: &others) }
            await withTaskGroup(of: String.self) { runs in
                if point == .beforeSubmitting { runs.cancelAll() }
                runs.addTask { [a] in
                    await rig.outcome("run") {
                        try await rig.queue.run(.final, client: a, timeout: .seconds(9)) { token in
                            record.add("body")
                            if point == .beforeHook { gate.pass() }
                            token.onCancel({
                                record.add("hook")
                                if point == .insideHook { gate.open() }
                            }) {
                                if point == .insideHook { gate.pass() }
                            }
                            if point == .afterHook { gate.pass() }
                        }
                    }
                }
                switch point {
                case .beforeSubmitting: break
                case .waiting: await rig.time.asked(for: .seconds(9))
                case .beforeHook, .insideHook, .afterHook: await gate.entered.wait()
                }
                runs.cancelAll()
                if point != .insideHook { gate.open() }
                let outcome = await runs.next()
                #expect(outcome == "run cancelled")
            }
            holder.open()
        }
        let seen: [Point: [String]] = [
            .beforeHook: ["body", "hook"], .insideHook: ["body", "hook"], .afterHook: ["body"],
        ]
        #expect(record.names == seen[point, default: []])
        let lane = rig.queue.statistics.lanes.final
        #expect([lane.cancelled, lane.completed, lane.waiting, lane.running] == [1, 0, 0, 0])
    }

    @Test func aCancelledCallerLeavesTheQueueWhileEveryWorkerIsBusy() async {
        let rig = Rig()
        await withTaskGroup(of: String.self) { others in
            let holder = Gate()
            await rig.block(holder, into: &others)
            await rig.enqueue("before", .final, a, into: &others)
            await withTaskGroup(of: String.self) { runs in
                await rig.enqueue("cancelled", .final, a, into: &runs)
                await rig.enqueue("after", .final, b, into: &others)
                #expect(rig.queue.statistics.lanes.final.waiting == 3)
                runs.cancelAll()
                let outcome = await runs.next()
                #expect(outcome == "cancelled cancelled")
                #expect(rig.queue.statistics.lanes.final.waiting == 2)
            }
            holder.open()
            await others.waitForAll()
        }
        #expect(rig.started.names == ["before", "after"])
    }

    @Test func cancellingAfterTheResultChangesNothing() async {
        let rig = Rig()
        let outcome = await withTaskGroup(of: String.self) { runs in
            let value = Moment()
            runs.addTask { [a] in
                await rig.outcome("value") {
                    try await rig.queue.run(.final, client: a) { _ in }
                    value.come()
                    await withTaskCancellationHandler {
                        await rig.queue.drain()
                    } onCancel: {
                    }
                }
            }
            await value.wait()
            runs.cancelAll()
            return await runs.next()
        }
        #expect(outcome == "value")
        #expect(rig.queue.statistics.lanes.final.completed == 1)
    }
}
