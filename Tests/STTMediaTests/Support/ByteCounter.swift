import Synchronization

/// How far a stream of bytes has been handed out.
final class ByteCounter: Sendable {
    private let position = Mutex(0)

    /// The next range of at most `count` bytes, empty when `limit` is reached.
    func take(_ count: Int, of limit: Int) -> Range<Int> {
        position.withLock { position in
            let start = position
            position = min(limit, position + count)
            return start..<position
        }
    }

    var total: Int { position.withLock { $0 } }
}
