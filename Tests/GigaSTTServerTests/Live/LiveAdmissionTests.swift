import GigaSTT
import Synchronization
import TestSupport
import Testing

@testable import GigaSTTServer

@Suite struct LiveAdmissionTests {
    /// An engine that takes newcomers when the test says so.
    private final class Engine: Sendable {
        private let state = Mutex((isBusy: true, askedCount: 0, admitted: [Int]()))
        let refusals: AsyncStream<Int>
        private let source: AsyncStream<Int>.Continuation

        init() { (refusals, source) = AsyncStream.makeStream() }

        var admitted: [Int] { state.withLock { $0.admitted } }
        func become(busy: Bool) { state.withLock { $0.isBusy = busy } }

        func open(_ number: Int) throws -> Int {
            let isBusy = state.withLock { state in
                if !state.isBusy { state.admitted.append(number) }
                return state.isBusy
            }
            if isBusy {
                source.yield(number)
                throw GigaSTTError(.overloaded, "", retryAfter: .seconds(6))
            }
            return number
        }
    }

    private let clock = ManualClock()
    private let engine = Engine()

    @Test func freeEngineIsAskedAtOnce() async throws {
        engine.become(busy: false)
        let admission = LiveAdmission(clock: clock.sessionClock)
        #expect(try await admission.admit(within: .seconds(30)) { try engine.open(1) } == 1)
        #expect(admission.waitingCount == 0)
    }

    @Test func refusalComesAfterTheLimit() async throws {
        let admission = LiveAdmission(clock: clock.sessionClock)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let start = clock.sessionClock.now()
                let error = await #expect(throws: GigaSTTError.self) {
                    try await admission.admit(within: .seconds(30)) { try engine.open(1) }
                }
                #expect(error?.code == .overloaded)
                #expect(start.duration(to: clock.sessionClock.now()) >= .seconds(30))
            }
            group.addTask { for await _ in clock.sleeps { clock.advance() } }
            await group.next()
            group.cancelAll()
        }
        #expect(admission.waitingCount == 0)
    }

    @Test func noWaitIsWantedWithoutALimit() async throws {
        let admission = LiveAdmission(clock: clock.sessionClock)
        await #expect(throws: GigaSTTError.self) {
            try await admission.admit(within: .zero) { try engine.open(1) }
        }
    }

    @Test func waitersAreAdmittedInOrderAndOneThatLeavesDelaysNoOther() async throws {
        let admission = LiveAdmission(clock: clock.sessionClock)
        var refusals = engine.refusals.makeAsyncIterator()
        try await withThrowingTaskGroup(of: Int?.self) { group in
            let first = Task { try await admission.admit(within: .seconds(30)) { try engine.open(1) } }
            #expect(await refusals.next() == 1)
            #expect(await refusals.next() == 1)
            for number in [2, 3] {
                group.addTask { try await admission.admit(within: .seconds(30)) { try engine.open(number) } }
                // Who joins the line begins to sleep until its limit.
                for await _ in clock.sleeps where admission.waitingCount == number { break }
            }
            engine.become(busy: false)
            first.cancel()
            await #expect(throws: CancellationError.self) { try await first.value }
            try await group.waitForAll()
        }
        #expect(engine.admitted == [2, 3])
    }
}
