import Synchronization
import TestSupport
import Testing

@testable import STTInference

@Suite(.timeLimit(.minutes(1))) struct QueueStressTests {
    private static let jobCount = 2_000

    private final class Tally: Sendable {
        private let runs = Mutex([Int](repeating: 0, count: jobCount))
        func count(_ index: Int) { runs.withLock { $0[index] += 1 } }
        var all: [Int] { runs.withLock { $0 } }
    }

    private enum End: Hashable { case value, cancelled, superseded, preempted, timedOut, failed, overloaded }
    private struct Failure: Error {}

    private static func end(_ work: () async throws -> Void) async -> End? {
        do {
            try await work()
            return .value
        } catch let error as InferenceError {
            let ends: [InferenceError.Code: End] = [
                .superseded: .superseded, .preempted: .preempted, .timedOut: .timedOut, .overloaded: .overloaded,
            ]
            return ends[error.code]
        } catch {
            return error is Failure ? .failed : error is CancellationError ? .cancelled : nil
        }
    }

    @Test func everyOneOfManyCallersIsAnsweredOnceWithItsOwnResult() async throws {
        var limits = InferenceQueue.Limits()
        limits.workers = 4
        limits.waiting = PerLane(activity: 500, final: 500, partial: 4, file: 500)
        let queue = InferenceQueue(limits)
        let tally = Tally()
        let clients = (0..<8).map { _ in ClientID() }
        let ends = await withTaskGroup(of: (Int, End?).self) { group in
            for index in 0..<Self.jobCount {
                let lane = InferenceLane.allCases[index % 4]
                let client = clients[index % 8]
                group.addTask {
                    let end = await withTaskGroup(of: End?.self) { single in
                        single.addTask {
                            await Self.end {
                                let timeout = index % 11 == 0 ? Duration.microseconds(index) : nil
                                let value = try await queue.run(lane, client: client, timeout: timeout) { token in
                                    tally.count(index)
                                    try token.onCancel({}) { if index % 13 == 0 { throw Failure() } }
                                    return index
                                }
                                #expect(value == index)
                            }
                        }
                        if index % 7 == 0 { single.cancelAll() }
                        return await single.next() ?? nil
                    }
                    return (index, end)
                }
            }
            return await group.reduce(into: [Int: End]()) { $0[$1.0] = $1.1 }
        }
        #expect(ends.count == Self.jobCount)
        for (index, runs) in tally.all.enumerated() {
            #expect(runs <= 1)
            if ends[index] == .value || ends[index] == .failed { #expect(runs == 1) }
            if ends[index] == .preempted { #expect(InferenceLane.allCases[index % 4] == .partial) }
            if ends[index] == .superseded || ends[index] == .overloaded { #expect(runs == 0) }
        }
        expect(queue.statistics, matches: ends.values)
        await queue.drain()
        #expect(queue.statistics.workers == 0)
    }

    private func expect(_ statistics: InferenceQueue.Statistics, matches ends: some Collection<End>) {
        func total(_ count: KeyPath<InferenceQueue.LaneStatistics, Int>) -> Int {
            statistics.lanes.all.map { $0[keyPath: count] }.reduce(0, +)
        }
        let counts = Dictionary(grouping: ends, by: \.self).mapValues(\.count)
        #expect(total(\.completed) == counts[.value, default: 0])
        #expect(total(\.failed) == counts[.failed, default: 0])
        #expect(total(\.cancelled) == counts[.cancelled, default: 0])
        #expect(total(\.superseded) == counts[.superseded, default: 0])
        #expect(total(\.preempted) == counts[.preempted, default: 0])
        #expect(total(\.timedOut) == counts[.timedOut, default: 0])
        #expect(total(\.refused) == counts[.overloaded, default: 0])
        #expect([total(\.waiting), total(\.running), total(\.stalled), total(\.shutDown)] == [0, 0, 0, 0])
    }
}
