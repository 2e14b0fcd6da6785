import Synchronization

@testable import STTInference

/// Time that passes when a test says so, and that lets it wait until somebody has asked to be woken.
final class ManualTime: DeadlineTimer {
    private struct State {
        var now = Duration.zero
        var due: Duration?
        var wishes: Set<Duration> = []
        var waiters: [Duration: [CheckedContinuation<Void, Never>]] = [:]
        var onWake: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    var now: Duration { state.withLock { $0.now } }

    func start(_ onWake: @escaping @Sendable () -> Void) {
        state.withLock { $0.onWake = onWake }
    }

    func wake(at time: Duration) {
        let waiters = state.withLock { state in
            state.wishes.insert(time)
            state.due = min(state.due ?? time, time)
            return state.waiters.removeValue(forKey: time) ?? []
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when somebody has asked to be woken at exactly this time.
    func asked(for time: Duration) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.wishes.contains(time) { return true }
                state.waiters[time, default: []].append(continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Lets time pass, and calls the handler if it was asked for, on the calling thread.
    func advance(to time: Duration) {
        let onWake = state.withLock { state -> (@Sendable () -> Void)? in
            state.now = time
            guard let due = state.due, due <= time else { return nil }
            state.due = nil
            return state.onWake
        }
        onWake?()
    }
}
