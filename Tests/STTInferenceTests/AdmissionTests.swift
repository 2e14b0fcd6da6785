import TestSupport
import Testing

@testable import STTInference

/// What a full lane and the estimate of its wait do not count.
@Suite(.timeLimit(.minutes(1))) struct AdmissionTests {
    private let client = ClientID()

    /// Work that is no measure of other work.
    private struct Step: InferenceRequest {
        let body: @Sendable () -> Void
        var isTypical: Bool { false }
        func run(_ token: CancellationToken) { body() }
    }

    @Test func workOfAClientThatWasAdmittedWaitsInAFullLane() async throws {
        let rig = Rig { $0.waiting = PerLane(repeating: 1) }
        let gate = Gate()
        await withTaskGroup { runs in
            await rig.block(gate, .file, into: &runs)
            await rig.enqueue("first", .file, client, into: &runs)
            await #expect(throws: InferenceError.self) { try await rig.queue.run(.file, client: ClientID()) { _ in } }
            for _ in 0..<10 {
                rig.queue.submit(Body { _ in }, in: .file, client: client, isAdmitted: true) { _ in }
            }
            #expect(rig.queue.waitingCount(.file) == 11)
            gate.open()
            await runs.waitForAll()
        }
        await rig.queue.drain()
        #expect(rig.queue.statistics.lanes.file.refused == 1)
    }

    /// A final of 400 ms, then steps of 1 ms: what four waiting finals are worth does not change.
    @Test func shortStepsDoNotLowerTheExpectedWaitOfFinals() async throws {
        let rig = Rig()
        let time = rig.time
        @Sendable func pass(_ duration: Duration) { time.advance(to: time.now + duration) }
        try await rig.queue.run(.final, client: client) { _ in pass(.milliseconds(400)) }
        for _ in 0..<40 {
            try await rig.queue.run(.activity, client: client) { _ in pass(.milliseconds(1)) }
            try await rig.queue.run(Step { pass(.milliseconds(1)) }, in: .final, client: client)
        }
        await withTaskGroup { runs in
            let gate = Gate()
            await rig.block(gate, .file, into: &runs)
            for index in 0..<4 { await rig.enqueue("\(index)", .final, ClientID(), into: &runs) }
            #expect(rig.queue.expectedWait(.final) == .milliseconds(1_600))
            gate.open()
            await runs.waitForAll()
        }
        #expect(rig.queue.statistics.lanes.activity.completed == 40)
    }
}
