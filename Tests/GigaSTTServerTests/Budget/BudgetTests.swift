import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct BudgetTests {
    private static let client = BudgetClient.key("a")
    private static var later: Budget.Instant { .now + .seconds(3_600) }

    private func budget(recordings: Int, bytes: Int = 0) -> Budget {
        var limits = BudgetLimits()
        limits.recordings = .init(total: recordings)
        limits.bytes = .init(total: bytes)
        return Budget(limits)
    }

    @Test func permitIsGivenBackWithItsLastOwner() async throws {
        let budget = budget(recordings: 1)
        var permit: BudgetPermit? = try await budget.take(.recordings, for: Self.client, until: .now)
        #expect(permit != nil && budget.usage(of: .recordings).used == 1)
        permit = nil
        #expect(budget.usage(of: .recordings).used == 0)
    }

    private final class Record: Sendable {
        let first: Mutex<BudgetPermit?>
        let order = Mutex<[Int]>([])
        init(_ permit: BudgetPermit) { first = Mutex(permit) }
    }

    @Test func claimsAreServedInOrder() async throws {
        let budget = budget(recordings: 1)
        let record = Record(try budget.takeIfFree(.recordings, for: Self.client))
        try await mustEnd {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<5 {
                    group.addTask {
                        let permit = try await budget.take(.recordings, for: Self.client, until: Self.later)
                        record.order.withLock { $0.append(index) }
                        withExtendedLifetime(permit) {}
                    }
                    await budget.wait { $0.usage(of: .recordings).waiting == index + 1 }
                }
                record.first.withLock { $0 = nil }
                try await group.waitForAll()
            }
        }
        #expect(record.order.withLock { $0 } == [0, 1, 2, 3, 4])
        #expect(budget.usage(of: .recordings).used == 0)
    }

    @Test func claimWhoseTimeIsOverIsRefused() async throws {
        let budget = budget(recordings: 1)
        let first = try budget.takeIfFree(.recordings, for: Self.client)
        try await mustEnd {
            _ = await #expect(throws: BudgetRefusal.timedOut) {
                _ = try await budget.take(.recordings, for: Self.client, until: .now)
            }
        }
        #expect(throws: BudgetRefusal.full) { _ = try budget.takeIfFree(.recordings, for: Self.client) }
        let usage = BudgetUsage(used: 1, waiting: 0, limit: 1, refused: 2, wouldRefuse: true)
        #expect(budget.usage(of: .recordings) == usage)
        withExtendedLifetime(first) {}
    }

    @Test func cancelledClaimLeavesTheQueue() async throws {
        let budget = budget(recordings: 1)
        let first = try budget.takeIfFree(.recordings, for: Self.client)
        try await mustEnd {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        _ = try await budget.take(.recordings, for: Self.client, until: Self.later)
                    }
                }
                await budget.wait { $0.usage(of: .recordings).waiting == 1 }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        #expect(budget.usage(of: .recordings).waiting == 0 && budget.usage(of: .recordings).refused == 0)
        withExtendedLifetime(first) {}
    }

    @Test func closingRefusesWhatWaits() async throws {
        let budget = budget(recordings: 1)
        let first = try budget.takeIfFree(.recordings, for: Self.client)
        try await mustEnd {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: BudgetRefusal.closed) {
                        _ = try await budget.take(.recordings, for: Self.client, until: Self.later)
                    }
                }
                await budget.wait { $0.usage(of: .recordings).waiting == 1 }
                budget.close()
                try await group.waitForAll()
            }
        }
        withExtendedLifetime(first) {}
    }

    @Test func permitThatWaitsForMoreHoldsNothing() async throws {
        let budget = budget(recordings: 2)
        let record = Record(try budget.takeIfFree(.recordings, for: Self.client))
        let permit = try budget.takeIfFree(.recordings, for: Self.client)
        try await mustEnd {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await permit.enlarge(by: 1, until: Self.later) }
                await budget.wait { $0.usage(of: .recordings).waiting == 1 && $0.usage(of: .recordings).used == 1 }
                record.first.withLock { $0 = nil }
                try await group.waitForAll()
            }
        }
        #expect(budget.usage(of: .recordings).used == 2)
        await #expect(throws: BudgetRefusal.full) { try await permit.enlarge(by: 1, until: Self.later) }
        #expect(budget.usage(of: .recordings).used == 2)
        permit.giveBack(1)
        let other = try budget.takeIfFree(.recordings, for: Self.client)
        try await mustEnd {
            _ = await #expect(throws: BudgetRefusal.timedOut) { try await permit.enlarge(by: 1, until: .now) }
        }
        #expect(budget.usage(of: .recordings).used == 1)
        withExtendedLifetime((permit, other)) {}
    }

    @Test func permitGrowsAsFarAsTheLimit() async throws {
        let budget = budget(recordings: 1, bytes: 10)
        var permit: BudgetPermit? = try await budget.take(.bytes, amount: 0, for: Self.client, until: .now)
        try await permit?.add(4, until: .now)
        try await permit?.add(6, until: .now)
        do {
            try await permit?.add(1, until: .now)
            Issue.record("more than there is was granted")
        } catch {
            #expect(error as? BudgetRefusal == .timedOut)
        }
        #expect(budget.usage(of: .bytes).used == 10)
        permit = nil
        #expect(budget.usage(of: .bytes).used == 0)
    }
}
