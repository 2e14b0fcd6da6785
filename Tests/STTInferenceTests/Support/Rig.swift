import Synchronization
import TestSupport

@testable import STTInference

/// A queue in manual time, and work that can be put into it one by one.
struct Rig: Sendable {
    typealias Runs = TaskGroup<String>

    let time = ManualTime()
    let queue: InferenceQueue
    let started = Record()
    private let counter = Counter()

    private final class Counter: Sendable {
        let last = Atomic(0)
    }

    init(workers: Int = 1, _ change: (inout InferenceQueue.Limits) -> Void = { _ in }) {
        var limits = InferenceQueue.Limits()
        limits.workers = workers
        change(&limits)
        queue = InferenceQueue(limits, time: time)
    }

    /// Starts work and returns when it waits. Its outcome, the name followed by the code of the error if there was one,
    /// is a result of the group.
    func enqueue(
        _ name: String, _ lane: InferenceLane, _ client: ClientID, into runs: inout Runs,
        body: @escaping @Sendable (CancellationToken) throws -> Void = { _ in }
    ) async {
        // Each its own deadline, far beyond what a test lets pass, by which to know that it is queued.
        let deadline = Duration.seconds(1_000_000 + counter.last.wrappingAdd(1, ordering: .relaxed).newValue)
        runs.addTask {
            await outcome(name) {
                try await queue.run(lane, client: client, timeout: deadline - time.now) { token in
                    started.add(name)
                    try body(token)
                }
            }
        }
        await time.asked(for: deadline)
    }

    /// Starts work that holds a worker, and returns when it does.
    func block(_ gate: Gate, _ lane: InferenceLane = .file, into runs: inout Runs) async {
        runs.addTask {
            await outcome("gate") { try await queue.run(lane, client: ClientID()) { _ in gate.pass() } }
        }
        await gate.entered.wait()
    }

    /// The name alone if `work` succeeds, else with what it threw.
    func outcome(_ name: String, _ work: @Sendable () async throws -> Void) async -> String {
        do {
            try await work()
            return name
        } catch let error as InferenceError {
            return "\(name) \(error.code)"
        } catch is CancellationError {
            return "\(name) cancelled"
        } catch {
            return "\(name) \(error)"
        }
    }
}
