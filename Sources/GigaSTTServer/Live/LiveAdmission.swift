import GigaSTT
import Synchronization

/// Opens the streams of live sessions: at once while the engine takes newcomers, else in the order in which they came, up
/// to a time limit (gigastt contract, section 2).
///
/// The engine admits by the expected wait of its finals, which falls as they are decoded; the first in the line asks
/// again after the wait that the engine reported.
final class LiveAdmission: Sendable {
    /// Between two questions: the engine's expectation changes with every final that it decodes.
    static let longestPause = Duration.seconds(1)
    static let shortestPause = Duration.milliseconds(50)
    /// Sessions that wait; more are refused at once.
    static let lineLimit = 4_096

    private struct Waiter {
        let number: Int
        let turn: AsyncStream<Never>.Continuation
    }

    private struct State {
        var line: [Waiter] = []
        var nextNumber = 0
        /// Whether a session was refused at its limit since the last one was admitted.
        var isTimingOut = false
    }

    private let state = Mutex(State())
    private let clock: SessionClock

    init(clock: SessionClock = .continuous) { self.clock = clock }

    /// How many sessions wait.
    var waitingCount: Int { state.withLock { $0.line.count } }

    /// Whether a new session would be refused while the engine is busy: at once, or, as the one before, at its limit.
    var wouldRefuse: Bool {
        state.withLock { $0.line.count >= Self.lineLimit || $0.isTimingOut }
    }

    /// Opens a stream, and waits up to `limit` while the engine is busy.
    ///
    /// Throws what `open` throws, its `overloaded` after the limit, and `CancellationError`.
    func admit<Stream: Sendable>(within limit: Duration, _ open: @Sendable () throws -> Stream) async throws -> Stream {
        guard limit > .zero else { return try open() }
        let isFree = state.withLock { $0.line.isEmpty }
        if isFree {
            do { return try admitted(open) } catch let error as GigaSTTError where error.code == .overloaded {}
        }
        let deadline = clock.now() + limit
        let (turn, source) = AsyncStream.makeStream(of: Never.self)
        let number = state.withLock { state -> Int? in
            guard state.line.count < Self.lineLimit else { return nil }
            state.nextNumber += 1
            state.line.append(Waiter(number: state.nextNumber, turn: source))
            if state.line.count == 1 { source.finish() }
            return state.nextNumber
        }
        guard let number else { return try open() }
        defer { leave(number) }
        try await wait(for: turn, until: deadline)
        while true {
            do {
                return try admitted(open)
            } catch let error as GigaSTTError where error.code == .overloaded {
                let now = clock.now()
                guard now < deadline else {
                    state.withLock { $0.isTimingOut = true }
                    throw error
                }
                let pause = min(max(error.retryAfter ?? .zero, Self.shortestPause), Self.longestPause)
                try await clock.sleep(min(now + pause, deadline))
            }
        }
    }

    private func admitted<Stream>(_ open: () throws -> Stream) throws -> Stream {
        let stream = try open()
        state.withLock { $0.isTimingOut = false }
        return stream
    }

    /// Returns when the turn has come, or at the deadline, when `open` is asked a last time.
    private func wait(for turn: AsyncStream<Never>, until deadline: ContinuousClock.Instant) async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in turn {} }
            group.addTask { [clock] in try? await clock.sleep(deadline) }
            await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
    }

    private func leave(_ number: Int) {
        state.withLock { state in
            state.line.removeAll { $0.number == number }
            state.line.first?.turn.finish()
        }
    }
}
