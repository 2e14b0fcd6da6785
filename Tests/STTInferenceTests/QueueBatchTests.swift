import Synchronization
import TestSupport
import Testing

@testable import STTInference

/// A backend that takes several requests at once.
@Suite(.timeLimit(.minutes(1))) struct QueueBatchTests {
    /// Names the requests of each run, and lets a test hold it.
    private final class Backend: Sendable {
        let runs = Mutex<[[String]]>([])
        let gate: Gate?
        init(gate: Gate? = nil) { self.gate = gate }
    }

    private struct Window: InferenceRequest {
        let name: String
        let form: Int
        let backend: Backend
        var limit = 3
        var paddedSize = 1
        var paddedLimit = Int.max

        var batchKey: BatchKey? {
            limit > 0 ? BatchKey(backend: backend, form: form, limit: limit, paddedLimit: paddedLimit) : nil
        }

        func run(_ token: CancellationToken) throws -> String { try Self.run([(self, token)])[0].get() }

        static func run(_ batch: [(request: Window, token: CancellationToken)]) -> [Result<String, any Error>] {
            let backend = batch[0].request.backend
            backend.runs.withLock { $0.append(batch.map(\.request.name)) }
            backend.gate?.pass()
            return batch.map { .success($0.request.name) }
        }
    }

    private struct OtherWindow: InferenceRequest {
        let backend: Backend
        var batchKey: BatchKey? { BatchKey(backend: backend, limit: 3) }
        func run(_ token: CancellationToken) -> Int { 0 }
    }

    private let a = ClientID(), b = ClientID()

    /// Holds the only worker, submits the requests, and returns the results by name when all have come.
    private func play(
        _ rig: Rig, _ requests: [(Window, InferenceLane, ClientID)]
    ) async -> Set<String> {
        await withTaskGroup { runs in
            let gate = Gate()
            await rig.block(gate, .final, into: &runs)
            let results = Mutex<Set<String>>([])
            let all = Moment()
            for (request, lane, client) in requests {
                rig.queue.submit(request, in: lane, client: client) { result in
                    let count = results.withLock { results in
                        results.insert((try? result.get()) ?? "failed")
                        return results.count
                    }
                    if count == requests.count { all.come() }
                }
            }
            gate.open()
            await all.wait()
            return results.withLock { $0 }
        }
    }

    @Test func compatibleRequestsOfALaneRunTogetherUpToTheLimit() async {
        let backend = Backend()
        let names = ["a1", "a2", "b1", "b2", "b3"]
        let results = await play(
            Rig(), names.map { (Window(name: $0, form: 1, backend: backend), .file, $0.first == "a" ? a : b) })
        #expect(results == Set(names))
        // In the order of single runs: a and b in turn, until a has no more.
        #expect(backend.runs.withLock { $0 } == [["a1", "b1", "a2"], ["b2", "b3"]])
    }

    @Test func otherFormsLanesAndBackendsDoNotJoin() async {
        let (backend, other) = (Backend(), Backend())
        _ = await play(
            Rig(),
            [
                (Window(name: "1", form: 1, backend: backend), .file, a),
                (Window(name: "2", form: 2, backend: backend), .file, b),
                (Window(name: "3", form: 1, backend: backend), .final, b),
                (Window(name: "4", form: 1, backend: other), .file, b),
            ])
        #expect(backend.runs.withLock { $0.allSatisfy { $0.count == 1 } && $0.count == 3 })
        #expect(other.runs.withLock { $0 } == [["4"]])
        let token = InferenceJob.Ticket(lane: .file, client: a, submitted: .zero, timeout: nil)
        let job = InferenceJob(token, Window(name: "5", form: 0, backend: backend)) { _ in }
        let ofAnotherKind = InferenceJob(token, OtherWindow(backend: backend)) { _ in }
        #expect(job.mayJoin(job) && !ofAnotherKind.mayJoin(job))
    }

    /// A run takes its count times its largest: 2 × 30 fit into 60, a third does not, and neither does what is larger.
    @Test func aRunIsBoundedByWhatItTakesWithPadding() async {
        let backend = Backend()
        let rig = Rig()
        let sizes = [("a1", 10), ("a2", 30), ("b1", 25), ("b2", 31), ("b3", 100), ("b4", 15), ("b5", 15), ("b6", 15)]
        _ = await play(
            rig,
            sizes.map { name, size in
                let window = Window(name: name, form: 1, backend: backend, limit: 4, paddedSize: size, paddedLimit: 60)
                return (window, .file, name.first == "a" ? a : b)
            })
        // In turn a1, b1; a2 would make it 3 × 30. What is too large for any company runs alone.
        #expect(
            backend.runs.withLock { $0 } == [["a1", "b1"], ["a2"], ["b2"], ["b3"], ["b4", "b5", "b6"]])
        #expect(rig.queue.statistics.lanes.file.joined == 3)
    }

    @Test func withoutAKeyARequestRunsAlone() async {
        let backend = Backend()
        _ = await play(Rig(), ["1", "2"].map { (Window(name: $0, form: 1, backend: backend, limit: 0), .file, a) })
        #expect(backend.runs.withLock { $0 } == [["1"], ["2"]])
    }

    @Test func aRequestDoesNotOvertakeAnotherOneOfItsClient() async {
        let backend = Backend()
        _ = await play(
            Rig(),
            [
                (Window(name: "a1", form: 1, backend: backend), .file, a),
                (Window(name: "b1", form: 2, backend: backend), .file, b),
                (Window(name: "b2", form: 1, backend: backend), .file, b),
            ])
        #expect(backend.runs.withLock { $0 } == [["a1"], ["b1"], ["b2"]])
    }

    @Test func oneCallerOfARunThatIsGivenUpDoesNotTakeTheThreadFromTheOthers() async throws {
        let gate = Gate()
        let backend = Backend(gate: gate)
        let rig = Rig()
        let hold = Gate()
        rig.queue.submit(.final, client: ClientID()) { _ in
            hold.pass()
        } completion: { _ in
        }
        await hold.entered.wait()
        let results = Mutex<[String: String]>([:])
        for (name, timeout) in [("hasty", Duration.seconds(5)), ("patient", nil)] {
            rig.queue.submit(
                Window(name: name, form: 1, backend: backend), in: .file, client: a, timeout: timeout
            ) { result in
                let end = result.map { _ in "result" }.mapError { $0 }
                results.withLock {
                    $0[name] =
                        switch end {
                        case .success(let text): text
                        case .failure(let error): "\((error as? InferenceError)?.code.description ?? "\(error)")"
                        }
                }
            }
        }
        hold.open()
        await gate.entered.wait()
        #expect(rig.queue.statistics.busyWorkers == 1)
        #expect(rig.queue.statistics.lanes.file.running == 2)
        // Its time is over, and ten seconds later it is given up.
        rig.time.advance(to: .seconds(5))
        rig.time.advance(to: .seconds(15))
        #expect(results.withLock { $0 } == ["hasty": "stalled"])
        #expect(rig.queue.statistics.abandonedThreads == 0 && rig.queue.statistics.busyWorkers == 1)
        gate.open()
        await rig.queue.drain()
        #expect(results.withLock { $0 } == ["hasty": "stalled", "patient": "result"])
        let lane = rig.queue.statistics.lanes.file
        #expect([lane.stalled, lane.completed] == [1, 1])
    }
}
