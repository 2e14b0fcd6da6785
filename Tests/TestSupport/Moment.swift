import Dispatch
import Synchronization

/// A one-time event that can be awaited without blocking a thread.
public final class Moment: Sendable {
    private let state = Mutex((hasCome: false, waiters: [CheckedContinuation<Void, Never>]()))

    /// An event that has not happened.
    public init() {}

    /// Whether it has happened.
    public var hasCome: Bool { state.withLock { $0.hasCome } }

    /// Makes it happen; a second call has no effect.
    public func come() {
        let waiters = state.withLock { state in
            state.hasCome = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when it has happened.
    public func wait() async {
        await withCheckedContinuation { continuation in
            let hasCome = state.withLock { state in
                if !state.hasCome { state.waiters.append(continuation) }
                return state.hasCome
            }
            if hasCome { continuation.resume() }
        }
    }
}

/// Blocks threads outside of the cooperative pool until it is opened.
public final class Gate: Sendable {
    /// The first thread has arrived.
    public let entered = Moment()
    private let opened = DispatchSemaphore(value: 0)

    /// A closed gate.
    public init() {}

    /// Blocks the calling thread.
    public func pass() {
        entered.come()
        opened.wait()
        opened.signal()
    }

    /// Opens the gate for all threads.
    public func open() { opened.signal() }
}
