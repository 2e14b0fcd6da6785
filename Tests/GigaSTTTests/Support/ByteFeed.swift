import GigaSTT
import Synchronization
import TestSupport

/// Tells what becomes of the bytes of a recording that is read as a stream.
struct ByteFeed: Sendable {
    /// How many bytes have been handed out.
    let handedOut = Progress()
    /// The reader has let go of the stream.
    let released = Moment()

    final class Progress: Sendable {
        private let bytes = Mutex(0)
        var count: Int { bytes.withLock { $0 } }
        /// Takes up to `count` bytes of `total`; where they lie.
        func take(_ count: Int, of total: Int) -> Range<Int> {
            bytes.withLock { position in
                let start = position
                position = min(position + count, total)
                return start..<position
            }
        }
    }

    private final class Farewell: Sendable {
        let moment: Moment
        init(_ moment: Moment) { self.moment = moment }
        deinit { moment.come() }
    }

    /// The stream; `onRead` is told, before each read, how many bytes have gone.
    func source(
        of bytes: [UInt8], onRead: @escaping @Sendable (Int) throws -> Void = { _ in }
    ) -> AudioSource {
        let farewell = Farewell(released)
        return .stream { [handedOut] memory in
            try withExtendedLifetime(farewell) { try onRead(handedOut.count) }
            let range = handedOut.take(memory.count, of: bytes.count)
            memory.copyBytes(from: bytes[range])
            return range.count
        }
    }
}
