import Synchronization

/// An event that happens once. Any number of tasks wait for it.
final class Latch: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextKey = 0
    }

    private let state = Mutex(State())

    /// Whether the event has happened.
    var isOpen: Bool { state.withLock { $0.isOpen } }

    /// Lets all waiters go on, now and later.
    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [:] }
            return state.waiters.values.map(\.self)
        }
        for waiter in waiters { waiter.finish() }
    }

    /// Ends when the event has happened, or when the task is cancelled.
    func wait() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let key: Int? = state.withLock { state in
            if state.isOpen { return nil }
            state.nextKey += 1
            state.waiters[state.nextKey] = continuation
            return state.nextKey
        }
        guard let key else { return }
        for await _ in stream {}
        state.withLock { $0.waiters[key] = nil }
    }

    /// A sequence with one element, when the event has happened.
    var events: AsyncStream<Void> {
        AsyncStream(unfolding: { [self] () -> Void? in
            await wait()
            return isOpen && !Task.isCancelled ? () : nil
        })
    }
}
