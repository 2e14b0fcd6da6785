import TestSupport
import Testing

@testable import STTInference

@Suite(.timeLimit(.minutes(1))) struct QueueTimeTests {
    private let a = ClientID(), b = ClientID()

    /// Work that ends when it is told to, and only then.
    private func obedient(_ gate: Gate) -> @Sendable (CancellationToken) throws -> Void {
        { token in token.onCancel(gate.open) { gate.pass() } }
    }

    @Test func timeRunsOutWhileWaiting() async {
        let rig = Rig()
        await withTaskGroup(of: String.self) { others in
            let holder = Gate()
            await rig.block(holder, into: &others)
            async let outcome = rig.outcome("run") {
                try await rig.queue.run(.final, client: a, timeout: .seconds(5)) { _ in }
            }
            await rig.time.asked(for: .seconds(5))
            rig.time.advance(to: .milliseconds(4_999))
            #expect(rig.queue.statistics.lanes.final.waiting == 1)
            rig.time.advance(to: .seconds(5))
            #expect(rig.queue.statistics.lanes.final.waiting == 0)
            #expect(await outcome == "run timedOut")
            holder.open()
        }
        #expect(rig.queue.statistics.lanes.final.timedOut == 1)
    }

    @Test func everyWaitingDeadlineIsKeptNotOnlyTheFirst() async {
        let rig = Rig()
        await withTaskGroup(of: String.self) { others in
            let holder = Gate()
            await rig.block(holder, into: &others)
            await withTaskGroup(of: String.self) { runs in
                for seconds in [5, 8] {
                    runs.addTask { [a] in
                        await rig.outcome("\(seconds)") {
                            try await rig.queue.run(.file, client: a, timeout: .seconds(seconds)) { _ in }
                        }
                    }
                    await rig.time.asked(for: .seconds(seconds))
                }
                for seconds in [5, 8] {
                    rig.time.advance(to: .seconds(seconds))
                    let outcome = await runs.next()
                    #expect(outcome == "\(seconds) timedOut")
                }
            }
            holder.open()
        }
    }

    @Test func timeSpentWaitingCounts() async {
        let rig = Rig()
        let gate = Gate()
        await withTaskGroup(of: String.self) { others in
            let holder = Gate()
            await rig.block(holder, into: &others)
            async let outcome = rig.outcome("run") {
                try await rig.queue.run(.final, client: a, timeout: .seconds(5), body: obedient(gate))
            }
            await rig.time.asked(for: .seconds(5))
            rig.time.advance(to: .seconds(3))
            holder.open()
            await gate.entered.wait()
            #expect(rig.queue.statistics.lanes.final.running == 1)
            rig.time.advance(to: .seconds(5))
            #expect(await outcome == "run timedOut")
        }
        #expect(rig.queue.statistics.lanes.final.timedOut == 1)
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .seconds(Int64.min)])
    func noTimeAtAllIsRefused(_ timeout: Duration) async {
        let rig = Rig()
        await #expect(throws: InferenceError.timedOut) {
            try await rig.queue.run(.final, client: a, timeout: timeout) { _ in rig.started.add("run") }
        }
        #expect(rig.started.names.isEmpty)
    }

    @Test func theLongestTimeIsNoTrouble() async throws {
        let queue = InferenceQueue()
        let value = try await queue.run(.final, client: a, timeout: .seconds(Int64.max)) { _ in 1 }
        #expect(value == 1)
    }

    @Test func aRunThatLastsTooLongIsToldToStopAndItsWorkerGoesOn() async {
        let rig = Rig()
        let gate = Gate()
        async let outcome = rig.outcome("run") { try await rig.queue.run(.file, client: a, body: obedient(gate)) }
        await gate.entered.wait()
        rig.time.advance(to: .milliseconds(119_999))
        #expect(rig.queue.statistics.lanes.file.running == 1)
        rig.time.advance(to: .seconds(120))
        #expect(await outcome == "run timedOut")
        #expect(rig.queue.statistics.abandonedThreads == 0)
    }

    @Test func aTimerOfTheSystemEndsRealWork() async {
        let queue = InferenceQueue()
        let gate = Gate()
        await #expect(throws: InferenceError.timedOut) {
            try await queue.run(.final, client: a, timeout: .milliseconds(20), body: obedient(gate))
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct SystemDeadlineTimerTests {
    @Test(arguments: [
        [Duration.seconds(7_200), .milliseconds(1)], [.milliseconds(1), .seconds(7_200)], [.seconds(-5)],
    ])
    func theEarliestWishCounts(_ wishes: [Duration]) async {
        let time = SystemDeadlineTimer()
        let event = Moment()
        time.start(event.come)
        let begin = time.now
        for wish in wishes { time.wake(at: begin + wish) }
        await event.wait()
        #expect(time.now >= begin + (wishes.min() ?? .zero))
    }

    @Test func aDeadlineTimerCanBeReleasedBeforeItIsUsed() {
        _ = SystemDeadlineTimer()
        SystemDeadlineTimer().start {}
    }
}
