internal import Dispatch
internal import Synchronization

/// Real time, and one timer for all deadlines of a queue. An idle queue sets none.
final class SystemDeadlineTimer: DeadlineTimer {
    private struct State {
        let timer: any DispatchSourceTimer
        var due: Duration?
        var onWake: (@Sendable () -> Void)?
    }

    /// Far enough to cost nothing, near enough for every number on the way to the kernel.
    private static let longestSleep = Duration.seconds(3_600)

    private let origin = SuspendingClock.now
    private let state = Mutex(State(timer: DispatchSource.makeTimerSource()))

    var now: Duration { origin.duration(to: .now) }

    init() {
        state.withLock { state in
            state.timer.setEventHandler { [weak self] in self?.fire() }
            state.timer.schedule(deadline: .distantFuture)
            // At once: a source that is released without ever having been active traps.
            state.timer.activate()
        }
    }

    deinit {
        state.withLock { $0.timer.cancel() }
    }

    func start(_ onWake: @escaping @Sendable () -> Void) {
        state.withLock { $0.onWake = onWake }
    }

    func wake(at time: Duration) {
        state.withLock { state in
            if let due = state.due, due <= time { return }
            state.due = time
            let pause = min(max(time - now, .zero), Self.longestSleep)
            state.timer.schedule(
                deadline: .now() + .nanoseconds(Int(pause / .nanoseconds(1))), leeway: .milliseconds(1))
        }
    }

    private func fire() {
        let onWake = state.withLock { state in
            state.due = nil
            return state.onWake
        }
        onWake?()
    }
}
