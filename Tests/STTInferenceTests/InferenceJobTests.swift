import TestSupport
import Testing

@testable import STTInference

@Suite struct InferenceJobTests {
    private struct Failure: Error {}

    /// What became of a job: whether its body ran and what its caller heard.
    private func outcome(
        _ body: @escaping @Sendable (CancellationToken) throws -> Void, before: (CancellationToken) -> Void = { _ in }
    ) -> [String] {
        let record = Record()
        let ticket = InferenceJob.Ticket(lane: .final, client: ClientID(), submitted: .zero, timeout: nil)
        let request = Body { token in
            record.add("body")
            try body(token)
        }
        let job = InferenceJob(ticket, request) { result in
            switch result {
            case .success: record.add("value")
            case .failure(let error): record.add("\(type(of: error))")
            }
        }
        before(ticket.token)
        for run in InferenceJob.run([job]) { run.deliver() }
        return record.names
    }

    @Test func aBodyThatIsNotDisturbedIsBelieved() {
        #expect(outcome { _ in } == ["body", "value"])
        #expect(outcome { _ in throw Failure() } == ["body", "Failure"])
    }

    @Test func aJobThatWasCancelledBeforeItsTurnDoesNotRun() {
        #expect(outcome({ _ in }, before: { $0.cancel() }) == ["CancellationError"])
    }

    @Test func theReasonForStoppingReplacesWhateverTheBodyDid() {
        #expect(outcome { $0.cancel() } == ["body", "CancellationError"])
        #expect(outcome { $0.cancel(InferenceError.timedOut) } == ["body", "InferenceError"])
        #expect(
            outcome { token in
                token.cancel()
                throw Failure()
            } == ["body", "CancellationError"])
    }
}
