import STTJobs
import Testing

@testable import GigaSTTServer

/// When the store of jobs is tried again, and what the log gets.
@Suite struct StoreAvailabilityTests {
    private let start = ContinuousClock.now

    private func after(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func attemptsComeFurtherApartUpToALimit() {
        var store = StoreAvailability()
        #expect(store.allowsAttempt(at: start))
        var (now, waits) = (0, [Int]())
        for number in 0..<8 {
            let change = store.fail(.full, at: after(now))
            #expect(change == (number == 0 ? .failed(.full) : nil))
            var wait = 0
            while !store.allowsAttempt(at: after(now + wait)) { wait += 1 }
            waits.append(wait)
            now += wait
        }
        #expect(waits == [1, 2, 4, 8, 16, 30, 30, 30])
        #expect(store.succeed() == .recovered)
        #expect(store.succeed() == nil && store.allowsAttempt(at: start))
        // After a recovery it begins anew.
        #expect(store.fail(.full, at: after(now)) == .failed(.full))
        #expect(!store.allowsAttempt(at: after(now)) && store.allowsAttempt(at: after(now + 1)))
    }

    @Test func severalWorkersThatFailAtOnceAreOneFailure() {
        var store = StoreAvailability()
        #expect(store.fail(.full, at: start) == .failed(.full))
        for _ in 0..<20 { #expect(store.fail(.full, at: start) == nil) }
        #expect(store.allowsAttempt(at: after(1)))
    }

    @Test func anotherFailureIsNews() {
        var store = StoreAvailability()
        #expect(store.fail(.full, at: start) == .failed(.full))
        #expect(store.fail(.damaged, at: after(1)) == .failed(.damaged))
        #expect(store.fail(.damaged, at: after(9)) == nil)
        #expect(store.fail(.full, at: after(99)) == .failed(.full))
    }
}
