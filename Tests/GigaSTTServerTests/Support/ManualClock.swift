import Synchronization

@testable import GigaSTTServer

/// A clock for the timers of a session that stands still until it is advanced.
final class ManualClock: Sendable {
    private struct State {
        var now = ContinuousClock.now
        var nextIdentifier = 0
        var sleepers: [Int: (end: ContinuousClock.Instant, continuation: CheckedContinuation<Void, any Error>)] = [:]
    }

    private let state = Mutex(State())
    private let (stream, source) = AsyncStream.makeStream(of: Void.self)
    private let (cancellationStream, cancellationSource) = AsyncStream.makeStream(of: Void.self)

    /// An element each time the session begins to sleep; for one task.
    var sleeps: AsyncStream<Void> { stream }
    /// An element each time a sleep is cancelled; for one task.
    var cancellations: AsyncStream<Void> { cancellationStream }
    /// How many sleep.
    var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    var sessionClock: SessionClock {
        SessionClock(now: { self.state.withLock { $0.now } }, sleep: { try await self.wait(until: $0) })
    }

    /// Moves to the earliest end of a sleep.
    func advance() { advance { $0.sleepers.values.map(\.end).min() ?? $0.now } }

    /// Moves on by a time.
    func advance(by time: Duration) { advance { $0.now + time } }

    private func advance(to end: (State) -> ContinuousClock.Instant) {
        let due = state.withLock { state in
            state.now = end(state)
            let due = state.sleepers.filter { $0.value.end <= state.now }
            for identifier in due.keys { state.sleepers[identifier] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    private func wait(until end: ContinuousClock.Instant) async throws {
        let identifier = state.withLock { state in
            state.nextIdentifier += 1
            return state.nextIdentifier
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isDue = state.withLock { state in
                    if Task.isCancelled || end <= state.now { return true }
                    state.sleepers[identifier] = (end, continuation)
                    return false
                }
                if isDue { continuation.resume() }
                source.yield()
            }
            try Task.checkCancellation()
        } onCancel: {
            guard let sleeper = state.withLock({ $0.sleepers.removeValue(forKey: identifier) }) else { return }
            sleeper.continuation.resume()
            cancellationSource.yield()
        }
    }
}
