import Dispatch
import Synchronization

/// Something that happens once, and can be waited for without blocking a thread.
final class Event: Sendable {
    private let state = Mutex((isSet: false, waiters: [CheckedContinuation<Void, Never>]()))

    func set() {
        let waiters = state.withLock { state in
            state.isSet = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isSet = state.withLock { state in
                if !state.isSet { state.waiters.append(continuation) }
                return state.isSet
            }
            if isSet { continuation.resume() }
        }
    }
}

/// Holds a worker until it is opened.
final class Gate: Sendable {
    let entered = Event()
    private let opened = DispatchSemaphore(value: 0)

    /// Blocks the calling thread, which must be a worker.
    func block() {
        entered.set()
        opened.wait()
    }

    func open() { opened.signal() }
}

/// How many threads were at the same place at the same time.
final class Peak: Sendable {
    private let counts = Mutex((now: 0, most: 0))

    var count: Int { counts.withLock { $0.most } }

    /// Is there for a moment.
    func pass() {
        counts.withLock { counts in
            counts.now += 1
            counts.most = max(counts.most, counts.now)
        }
        counts.withLock { $0.now -= 1 }
    }
}

/// Names in the order in which they were added.
final class Record: Sendable {
    private let list = Mutex<[String]>([])

    var names: [String] { list.withLock { $0 } }

    func add(_ name: String) { list.withLock { $0.append(name) } }
}

/// Says when whatever captured it has been released.
final class Farewell: Sendable {
    private let gone: Event

    init(_ gone: Event) { self.gone = gone }

    deinit { gone.set() }
}
