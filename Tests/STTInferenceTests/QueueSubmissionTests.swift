import Synchronization
import TestSupport
import Testing

@testable import STTInference

@Suite struct QueueSubmissionTests {
    /// Collects results as strings and lets a test wait for the first.
    private final class Results: Sendable {
        let first = Moment()
        private let list = Mutex<[String]>([])
        var all: [String] { list.withLock { $0 } }

        func add(_ result: Result<Int, any Error>) {
            let text =
                switch result {
                case .success(let value): "\(value)"
                case .failure(let error as InferenceError): error.code.description
                case .failure(let error): "\(type(of: error))"
                }
            list.withLock { $0.append(text) }
            first.come()
        }
    }

    @Test func theCompletionGetsTheResult() async {
        let queue = InferenceQueue()
        let results = Results()
        queue.submit(.file, client: ClientID(), body: { _ in 42 }, completion: results.add)
        await results.first.wait()
        #expect(results.all == ["42"])
    }

    @Test func whatWaitsCanBeWithdrawnAndIsToldOnce() async {
        var limits = InferenceQueue.Limits()
        limits.workers = 1
        let queue = InferenceQueue(limits)
        let gate = Gate()
        let results = Results()
        queue.submit(.file, client: ClientID(), body: { _ in gate.pass() }, completion: { _ in })
        await gate.entered.wait()
        let waiting = queue.submit(.file, client: ClientID(), body: { _ in 1 }, completion: results.add)
        waiting.cancel()
        waiting.cancel()
        #expect(results.all == ["CancellationError"])
        gate.open()
        await queue.drain()
        #expect(results.all.count == 1)
    }

    @Test func aRefusalReachesTheCompletionAtOnce() async {
        let queue = InferenceQueue()
        queue.shutDown()
        let results = Results()
        queue.submit(.final, client: ClientID(), body: { _ in 1 }, completion: results.add)
        #expect(results.all == ["shuttingDown"])
    }
}
