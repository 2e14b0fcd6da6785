import Foundation
import TestSupport
import Testing

@testable import STTJobs

/// The store in PostgreSQL: what every store does, and what several servers add to it.
@Suite(.enabled(if: PostgresServer.isAvailable)) struct PostgresJobStoreTests {
    let server: PostgresServer
    let database: String

    init() async throws {
        server = try PostgresServer.shared.get()
        database = try await server.makeDatabase()
    }

    private var address: String { server.address(database) }

    @Test(arguments: JobStoreConformance.all.map(\.name)) func conforms(_ name: String) async throws {
        let check = try #require(JobStoreConformance.all.first { $0.name == name })
        try await check.check(try PostgresJobStore(address, makesDeliveries: true))
    }

    // MARK: Several servers

    @Test func onlyOneOfManyServersGetsAJob() async throws {
        try await JobStoreConformance.eachJobIsClaimedOnce(by: (0..<6).map { _ in try PostgresJobStore(address) })
    }

    @Test func oneOfManyServersEndsAJobOfManyParts() async throws {
        try await JobStoreConformance.oneOfManyEndsAJob((0..<6).map { _ in try PostgresJobStore(address) })
    }

    @Test func serversThatStartTogetherMakeTheSchemaOnce() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                let store = try PostgresJobStore(address)
                group.addTask { try await store.add("\(number)") }
            }
            try await group.waitForAll()
        }
        #expect(try await PostgresJobStore(address).counts() == [.queued: 6])
    }

    @Test func aSchemaMadeWhileItWasWaitedForIsUsed() async throws {
        try await mustEnd { [self] in
            let store = try PostgresJobStore(address)
            let first = try await server.connect(database)
            _ = try await first.perform("SELECT pg_advisory_lock(hashtextextended('gigastt.schema', 0))")
            async let opening: Void = store.open()
            let waits = """
                SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                """
            while try await first.perform(waits).isEmpty {}
            try await PostgresSchema().migrate(first)
            _ = try await first.perform("SELECT pg_advisory_unlock(hashtextextended('gigastt.schema', 0))")
            try await opening
        }
    }

    /// A job that may have ended one process does not stop the others.
    @Test func aSuspectRunsAloneInItsProcess() async throws {
        let (first, second) = (try PostgresJobStore(address), try PostgresJobStore(address))
        for id in ["a", "b"] { try await first.add(id) }
        _ = try await first.claim(until: 10, at: 1)
        _ = try await first.takeBack(.all, deathLimit: 9, failure: "", at: 2)
        #expect(try await first.claim(until: 10, at: 3)?.job.id == "a")
        #expect(try await first.claim(until: 10, at: 3) == nil)
        #expect(try await second.claim(until: 10, at: 3)?.job.id == "b")
    }

    @Test func aLeaseLastsByTheClockOfTheDatabase() async throws {
        let now = Date.now.timeIntervalSince1970
        let behind = try PostgresJobStore(address, schema: PostgresSchema(), clock: { now - 3_600 })
        let right = try PostgresJobStore(address, schema: PostgresSchema(), clock: { now })
        try await right.add("a")
        let lease = try #require(try await behind.claim(until: now - 3_600 + 60, at: now - 3_600)).lease
        #expect(try await right.takeBack(.ended, deathLimit: 9, failure: "", at: now).isEmpty)
        #expect(try await behind.renew(lease, until: now - 3_600 + 90))
        #expect(try await right.takeBack(.ended, deathLimit: 9, failure: "", at: now + 60).isEmpty)
        #expect(try await right.takeBack(.ended, deathLimit: 9, failure: "", at: now + 120).map(\.id) == ["a"])
    }

    @Test func aDeliveryIsDueForOneServer() async throws {
        let first = try PostgresJobStore(address, makesDeliveries: true)
        let second = try PostgresJobStore(address, makesDeliveries: true)
        for id in ["a", "b"] {
            try await first.add(id)
            _ = try await first.cancel(id, for: .all, at: 1)
        }
        #expect(try await first.dueDeliveries(limit: 1, at: 2).map(\.job) == ["a"])
        #expect(try await second.dueDeliveries(limit: 9, at: 2).map(\.job) == ["b"])
        // The server that had them has ended.
        #expect(try await second.dueDeliveries(limit: 9, at: 99).map(\.job) == ["a", "b"])
    }

    /// A receiver that never answers must not fill the disk.
    @Test func theOldestDeliveriesAreDropped() async throws {
        let store = try PostgresJobStore(address, makesDeliveries: true, deliveryLimit: 3)
        for (time, id) in ["a", "b", "c", "d"].enumerated() {
            try await store.add(id)
            _ = try await store.cancel(id, for: .all, at: Double(time))
        }
        #expect(try await store.add("{}", id: "e", call: "e", at: 5))
        #expect(try await store.dueDeliveries(limit: 9, at: 9).map(\.job) == ["c", "d", "e"])
    }

    @Test func otherServersAreNotified() async throws {
        let (first, second) = (try PostgresJobStore(address), try PostgresJobStore(address))
        try await first.open()
        let (announcements, continuation) = AsyncStream.makeStream(of: JobAnnouncement.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await second.report { continuation.yield($0) } }
            var received = announcements.makeAsyncIterator()
            // The first one tells that it listens.
            #expect(await received.next() == .waiting)
            try await first.add("a")
            #expect(await received.next() == .waiting)
            _ = try await first.cancel("a", for: .all, at: 2)
            #expect(await received.next() == .ended("a"))
            group.cancelAll()
        }
    }

    // MARK: Versions

    @Test func aSchemaOfTheFutureIsRefusedOnlyWhereItMustBe() async throws {
        var newer = PostgresSchema()
        newer.migrations.append(["ALTER TABLE gigastt.job ADD COLUMN colour text"])
        try await PostgresJobStore(address, schema: newer).add("a")
        let older = try PostgresJobStore(address)
        try await older.add("b")
        #expect(try await older.claim(until: 10, at: 1)?.job.id == "a")
        newer.oldest = newer.migrations.count + 1
        newer.migrations.append(["ALTER TABLE gigastt.job DROP COLUMN colour"])
        try await PostgresJobStore(address, schema: newer).add("c")
        let error = await #expect(throws: JobStoreError.self) { try await PostgresJobStore(address).open() }
        #expect(error?.code == .newerSchema)
    }

    /// What a server before parts does, in its statements: it leaves parts alone, and cancels them with their job.
    @Test func anOlderServerUsesTheSameTables() async throws {
        var older = PostgresSchema()
        older.migrations.removeLast(2)
        try await PostgresJobStore(address, schema: older).open()
        let raw = try await server.connect(database)
        func submit(_ id: String) async throws {
            _ = try await raw.perform(
                """
                INSERT INTO gigastt.job (id, state, priority, query, audio, is_reference, byte_count, created_at, updated_at)
                VALUES ($1, 'queued', 0, '', $1, false, 7, 1, 1)
                """, [PostgresValue(id)])
        }
        try await submit("a")
        let store = try PostgresJobStore(address)
        #expect(try await store.isFull(JobLimits(count: 1, byteCount: 99)))
        #expect(try await !store.isFull(JobLimits(count: 2, byteCount: 8)))
        try await submit("b")
        #expect(try await store.isFull(JobLimits(count: 2, byteCount: 99)))
        #expect(try await store.isFull(JobLimits(count: 9, byteCount: 14)))
        let lease = try #require(try await store.claim(until: 1e10, at: 1)).lease
        #expect(try await store.split(lease, at: [5], duration: 9, at: 2))
        let late = "SELECT id FROM gigastt.job WHERE state = 'queued' OR state = 'processing' AND lease_end < 1e100"
        #expect(try await raw.perform(late).map { try $0.value("id") } == ["b"])
        _ = try await raw.perform(
            "UPDATE gigastt.job SET state = 'cancelled', lease_end = NULL, byte_count = 0 WHERE id = 'a'")
        #expect(try await store.claim(until: 1e10, at: 3)?.job.id == "b")
        #expect(try await store.claim(until: 1e10, at: 3) == nil)
        #expect(try await !store.isFull(JobLimits(count: 9, byteCount: 8)))
    }

    // MARK: Faults

    @Test func aLostConnectionIsOpenedAgain() async throws {
        let store = try PostgresJobStore(address)
        try await store.add("a")
        let other = try await server.connect(database)
        for _ in 0..<3 {
            let ended = try await other.perform(
                """
                SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
            #expect(ended.count == 1)
            #expect(try await store.known("a").state == .queued)
        }
    }

    /// What a worker stores is not lost to a restart of the database, and is not stored twice.
    @Test func aChangeOfAWorkerOutlivesTheConnection() async throws {
        try await mustEnd { [self] in
            let store = try PostgresJobStore(address)
            try await store.add("a")
            let lease = try #require(try await store.claim(until: 10, at: 1)).lease
            let other = try await server.connect(database)
            _ = try await other.perform("BEGIN")
            _ = try await other.perform("SELECT 1 FROM gigastt.job FOR UPDATE")
            async let isStored = store.append(StoredUtterance(number: 0, end: 1, content: [1]), lease, until: 20)
            let waits = """
                SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'
                """
            while try await other.perform(waits).isEmpty {}
            _ = try await other.perform("ROLLBACK")
            #expect(try await isStored)
            #expect(try await store.utterances(of: "a").count == 1)
        }
    }

    @Test(arguments: [(true, 1), (false, 2)])
    func aChangeIsPerformedAgainUnlessItIsDone(_ isDone: Bool, _ count: Int) async throws {
        var attempts = 0
        let result = try await PostgresJobStore(address).retrying(
            {
                attempts += 1
                if attempts == 1 { throw JobStoreError(.failed, "") }
                return false
            }, isDone: { isDone })
        #expect(result == isDone && attempts == count)
    }

    @Test func statementsThatWaitAreBounded() async throws {
        let store = try PostgresJobStore(address, schema: PostgresSchema(), waitingLimit: 2)
        try await store.open()
        let other = try await server.connect(database)
        _ = try await other.perform("SELECT pg_advisory_lock(7)")
        try await withThrowingTaskGroup(of: JobStoreError?.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    do {
                        _ = try await store.rows("SELECT pg_advisory_lock(7)")
                        return nil
                    } catch let error as JobStoreError {
                        return error
                    }
                }
            }
            #expect(try await group.next()??.code == .failed)
            _ = try await other.perform("SELECT pg_advisory_unlock(7)")
            for try await error in group { #expect(error == nil) }
        }
    }

    @Test(arguments: [
        ("mysql://localhost/jobs", JobStoreError.Code.unusable), ("postgres://%zz:geheim@/x", .unusable),
        ("postgres://u:geheim@/x?host=/nonexistent", .failed), ("postgres://u:geheim@/x?nothing=1", .unusable),
        ("postgres://u:geheim@127.0.0.1:1/x", .failed),
    ]) func aDatabaseThatCannotBeReachedIsAnError(_ address: String, _ code: JobStoreError.Code) async throws {
        let error = await #expect(throws: JobStoreError.self) { try await PostgresJobStore(address).open() }
        #expect(error?.code == code)
        #expect(error.map { "\($0.message) \($0.detail)".contains("geheim") } == false)
    }

    @Test func aUserOrADatabaseThatIsNotThereIsAnError() async throws {
        for address in [server.address("missing"), server.address(database, user: "missing")] {
            let error = await #expect(throws: JobStoreError.self) { try await PostgresJobStore(address).open() }
            #expect(error?.detail.contains("does not exist") == true)
        }
    }

    @Test func whatTextCannotHoldMatchesNothing() async throws {
        let store = try PostgresJobStore(address)
        try await store.add("a")
        #expect(try await store.job("a\0b", for: .all) == nil)
        #expect(try await store.job("a", for: .owner("\0")) == nil)
        let lease = try #require(try await store.claim(until: 10, at: 1)).lease
        let utterance = StoredUtterance(number: 0, end: 1, text: "'; $1 \\ \u{1F600}", content: Array(0...255))
        #expect(try await store.append(utterance, lease, until: 10))
        #expect(try await store.utterances(of: "a") == [utterance])
    }
}

@Suite struct ReconnectScheduleTests {
    @Test func waitsGrowUpToABoundAndEndWithSuccess() {
        var schedule = ReconnectSchedule()
        var now = ContinuousClock.now
        #expect(schedule.allowsAttempt(at: now))
        for delay in [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5] {
            schedule.fail(at: now)
            #expect(!schedule.allowsAttempt(at: now + .seconds(delay - 0.01)))
            now += .seconds(delay)
            #expect(schedule.allowsAttempt(at: now))
        }
        schedule.succeed()
        #expect(schedule.allowsAttempt(at: now))
        schedule.fail(at: now)
        #expect(schedule.allowsAttempt(at: now + .seconds(0.1)))
    }
}
