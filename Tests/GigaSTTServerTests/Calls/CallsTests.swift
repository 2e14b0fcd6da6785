import GigaSTT
import STTJobs
import Synchronization
import Testing

@testable import GigaSTTServer

/// The calls of a server and their readers, without a socket.
@Suite struct CallsTests {
    private static func calls(_ adjust: (inout Calls.Limits) -> Void = { _ in }, clock: ManualClock) -> Calls {
        var limits = Calls.Limits()
        adjust(&limits)
        return Calls(limits, clock: clock.sessionClock)
    }

    private static func begin(_ calls: Calls, _ id: String) throws -> ActiveCall? {
        calls.begin(try #require(CallID(id)), over: "test", GigaProtocol(settings: SessionSettings(), model: "m"))
    }

    private static func read(_ calls: Calls, _ id: String) throws -> Calls.Reader? {
        calls.read(try #require(CallID(id)))
    }

    @Test func oneSessionCarriesACall() async throws {
        let calls = Self.calls(clock: ManualClock())
        let first = try #require(try Self.begin(calls, "a"))
        #expect(try Self.begin(calls, "A") == nil)
        #expect(try Self.begin(calls, "b") != nil)
        await first.end(.stop, audio: 0)
        #expect(try Self.begin(calls, "a") != nil)
    }

    @Test func aReaderStaysWithItsCall() async throws {
        let calls = Self.calls(clock: ManualClock())
        var early = try #require(try Self.read(calls, "a"))
        #expect(calls.news(for: &early) == Calls.News())
        let first = try #require(try Self.begin(calls, "a"))
        first.receive(.final(.spoken(["раз"])))
        #expect(calls.news(for: &early).messages.count == 2)
        await first.end(.stop, audio: 0)
        let second = try #require(try Self.begin(calls, "a"))
        second.receive(.final(.spoken(["два"])))
        #expect(calls.news(for: &early) == Calls.News(state: .over))
        var late = try #require(try Self.read(calls, "a"))
        #expect(CallLogTests.summary(calls.news(for: &late).messages) == ["ready", "final два"])
    }

    @Test func readersAreWoken() async throws {
        let calls = Self.calls(clock: ManualClock())
        let reader = try #require(try Self.read(calls, "a"))
        var wakeUps = reader.wakeUps.makeAsyncIterator()
        await wakeUps.next(isolation: nil)
        let call = try #require(try Self.begin(calls, "a"))
        await wakeUps.next(isolation: nil)
        call.receive(.final(.spoken(["раз"])))
        await wakeUps.next(isolation: nil)
        await call.end(.stop, audio: 0)
        await wakeUps.next(isolation: nil)
    }

    @Test func readersAreBounded() throws {
        let calls = Self.calls(
            {
                $0.readersPerCall = 2
                $0.readers = 3
            }, clock: ManualClock())
        let first = try #require(try Self.read(calls, "a"))
        #expect(try Self.read(calls, "a") != nil)
        #expect(try Self.read(calls, "a") == nil)
        #expect(try Self.read(calls, "b") != nil)
        #expect(try Self.read(calls, "c") == nil)
        calls.leave(first)
        calls.leave(first)
        #expect(try Self.read(calls, "c") != nil)
        #expect(try Self.read(calls, "d") == nil)
    }

    @Test func endedCallsAreDroppedInTime() async throws {
        let clock = ManualClock()
        let calls = Self.calls(clock: clock)
        let call = try #require(try Self.begin(calls, "a"))
        await call.end(.stop, audio: 0)
        let id = try #require(CallID("a"))
        #expect(calls.knows(id))
        clock.advance(by: .seconds(600))
        calls.removeExpired()
        #expect(!calls.knows(id))
        var reader = try #require(calls.read(id))
        #expect(calls.news(for: &reader).state == .unknown)
    }

    @Test func endedCallsAreBounded() async throws {
        let calls = Self.calls({ $0.keptCount = 2 }, clock: ManualClock())
        for id in ["a", "b", "c"] { await (try #require(try Self.begin(calls, id))).end(.stop, audio: 0) }
        #expect(try ["a", "b", "c"].map { calls.knows(try #require(CallID($0))) } == [false, true, true])
        let small = Self.calls({ $0.keptByteCount = 500 }, clock: ManualClock())
        for id in ["a", "b"] {
            let call = try #require(try Self.begin(small, id))
            call.receive(.final(.spoken(["слово"])))
            await call.end(.stop, audio: 0)
        }
        #expect(try ["a", "b"].map { small.knows(try #require(CallID($0))) } == [false, true])
    }

    @Test func whatIsDroppedWhileItIsReadIsOver() async throws {
        let calls = Self.calls({ $0.keptCount = 0 }, clock: ManualClock())
        let call = try #require(try Self.begin(calls, "a"))
        var reader = try #require(try Self.read(calls, "a"))
        #expect(calls.news(for: &reader).state == .active)
        await call.end(.stop, audio: 0)
        #expect(calls.news(for: &reader) == Calls.News(state: .over))
    }
}

/// What is stored for the webhook.
@Suite struct CallReportsTests {
    /// A store that fails, and knows some identifiers.
    private final class Store: DeliveryStore {
        let failures: Mutex<Int>
        let stored = Mutex<[String]>([])

        init(failures: Int = 0, _ known: [String] = []) {
            self.failures = Mutex(failures)
            stored.withLock { $0 = known }
        }

        func add(_ content: String, id: String, call: String, at now: Double) async throws -> Bool {
            let fails = failures.withLock { count in
                count -= 1
                return count >= 0
            }
            if fails { throw JobStoreError(.full, "no space") }
            return stored.withLock { stored in
                if stored.contains(id) { return false }
                stored.append(id)
                return true
            }
        }

        func dueDeliveries(limit: Int, at now: Double) async throws -> [Delivery] { [] }
        func settle(_ delivery: Delivery, as outcome: DeliveryOutcome) async throws {}
        func deliveryCount() async throws -> Int { 0 }
    }

    private static func reports(_ store: Store) -> CallReports {
        CallReports(
            store: store, logger: .quiet,
            clock: SessionClock(now: { .now }, sleep: { _ in }))
    }

    @Test(arguments: [(0, ["a"]), (2, ["a"]), (3, [])]) func attemptsAreBounded(failures: Int, stored: [String])
        async throws
    {
        let store = Store(failures: failures)
        await Self.reports(store).send(try CallLogTests.log("a"), .stop, audio: 0)
        #expect(store.stored.withLock { $0 } == stored)
    }

    @Test func callsOfOneIdentifierAreApart() async throws {
        let store = Store(["a", "a_2"])
        await Self.reports(store).send(try CallLogTests.log("a"), .stop, audio: 0)
        #expect(store.stored.withLock { $0.last } == "a_3")
        let full = Store((1...20).map { $0 == 1 ? "a" : "a_\($0)" })
        await Self.reports(full).send(try CallLogTests.log("a"), .stop, audio: 0)
        #expect(full.stored.withLock { $0.count } == 20)
    }
}
