import TestSupport
import Testing

@testable import STTInference

@Suite(.timeLimit(.minutes(1))) struct FileWorkersTests {
    private let a = ClientID(), b = ClientID()

    /// Two workers, of which files may use one.
    private let rig = Rig(workers: 2) { $0.fileWorkers = 1 }

    @Test func filesLeaveAWorkerToLiveWorkAndGoOnWhenTheirsIsFree() async {
        await withTaskGroup { runs in
            let gate = Gate()
            await rig.block(gate, .file, into: &runs)
            await rig.enqueue("file", .file, a, into: &runs)
            // The other worker has looked at the file by now and let it be, for it takes the final.
            await rig.enqueue("final", .final, b, into: &runs)
            let first = await runs.next()
            #expect(first == "final" && rig.started.names == ["final"])
            let now = rig.queue.statistics
            #expect([now.lanes.file.running, now.lanes.file.waiting, now.idleWorkers] == [1, 1, 1])
            gate.open()
            await runs.waitForAll()
        }
        #expect(rig.started.names == ["final", "file"])
    }

    @Test func liveWorkMayUseEveryWorker() async {
        await withTaskGroup { runs in
            let (first, second) = (Gate(), Gate())
            await rig.block(first, .final, into: &runs)
            await rig.block(second, .partial, into: &runs)
            #expect(rig.queue.statistics.idleWorkers == 0)
            first.open()
            second.open()
            await runs.waitForAll()
        }
    }

    @Test func noMoreThanThatManyEverRunAndAllOfThemDo() async {
        let rig = Rig(workers: 4) {
            $0.fileWorkers = 2
            $0.waiting = PerLane(repeating: 200)
        }
        let most = Peak()
        await withTaskGroup { runs in
            for index in 0..<200 {
                runs.addTask {
                    await rig.outcome("\(index)") {
                        try await rig.queue.run(index % 5 == 0 ? .final : .file, client: ClientID()) { _ in
                            if index % 5 != 0 { most.pass() }
                        }
                    }
                }
            }
            await runs.waitForAll()
        }
        #expect(most.count <= 2 && rig.queue.statistics.lanes.file.completed == 160)
    }

    @Test func aStuckFileGivesItsPlaceUp() async {
        await withTaskGroup { runs in
            let gate = Gate()
            await rig.block(gate, .file, into: &runs)
            await rig.enqueue("file", .file, a, into: &runs)
            rig.time.advance(to: .seconds(120))
            rig.time.advance(to: .seconds(130))
            var outcomes: Set<String> = []
            for await outcome in runs { outcomes.insert(outcome) }
            #expect(outcomes == ["gate stalled", "file"])
            gate.open()
        }
    }

    @Test func aFullLaneCountsOnTheWorkersOfFilesOnly() {
        var times = ServiceTimes()
        times.record(.seconds(2), lane: .file)
        let waiting = PerLane(activity: 0, final: 0, partial: 0, file: 6)
        #expect(times.expectedWait(.file, waiting: waiting, workers: 4) == .seconds(3))
        #expect(times.expectedWait(.file, waiting: waiting, workers: 4, fileWorkers: 1) == .seconds(12))
        #expect(times.retryAfter(.file, waiting: waiting, workers: 4, fileWorkers: 2) == .seconds(6))
    }

    @Test func whoWaitsForTheEndDoesNotKeepTheQueueAlive() async {
        let ended = Moment()
        do {
            let queue = InferenceQueue()
            queue.whenDrained { ended.come() }
        }
        await ended.wait()
        let closed = InferenceQueue()
        await closed.drain()
        let told = Moment()
        closed.whenDrained { told.come() }
        await told.wait()
    }
}
