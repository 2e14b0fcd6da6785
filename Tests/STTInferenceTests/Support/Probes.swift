import Synchronization
import TestSupport

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

/// Reports its own release.
final class ReleaseProbe: Sendable {
    private let released: Moment

    init(_ released: Moment) { self.released = released }

    deinit { released.come() }
}
