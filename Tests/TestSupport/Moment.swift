import Dispatch
import Synchronization

/// Something that happens once, and can be waited for without blocking a thread.
public final class Moment: Sendable {
    private let state = Mutex((hasCome: false, waiters: [CheckedContinuation<Void, Never>]()))

    /// A moment that has not come.
    public init() {}

    /// Whether it has come.
    public var hasCome: Bool { state.withLock { $0.hasCome } }

    /// Lets it come; a second time changes nothing.
    public func come() {
        let waiters = state.withLock { state in
            state.hasCome = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when it has come.
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

/// Holds threads that are not of the cooperative pool until it is opened.
public final class Gate: Sendable {
    /// The first thread has come.
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

    /// Lets everybody through from now on.
    public func open() { opened.signal() }
}
