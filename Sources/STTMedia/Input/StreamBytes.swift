/// Bytes that arrive once and in order.
///
/// The first 256 KiB are kept, so that a reader that turns out to be the wrong one can leave the start to the next.
final class StreamBytes: ByteSource {
    static let keptByteCount = 256 * 1024

    let byteCount: Int?
    private let pull: AudioSource.Read
    private var start: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    init(byteCount: Int?, pull: @escaping AudioSource.Read) {
        self.byteCount = byteCount
        self.pull = pull
    }

    var isSeekable: Bool { false }

    func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int {
        guard offset >= 0, target.count > 0 else { return 0 }
        if offset < start.count {
            let count = min(target.count, start.count - offset)
            target.copyBytes(from: start[offset..<offset + count])
            return count
        }
        guard offset >= position else { throw .headerTooLong }
        try skip(to: offset)
        return try pullBytes(into: target)
    }

    /// Reads what lies between and lets it go.
    private func skip(to offset: Int) throws(MediaError) {
        guard offset > position else { return }
        let unwanted = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 * 1024, alignment: 1)
        defer { unwanted.deallocate() }
        while position < offset, !isAtEnd {
            let count = min(unwanted.count, offset - position)
            _ = try pullBytes(into: UnsafeMutableRawBufferPointer(rebasing: unwanted[..<count]))
        }
    }

    private func pullBytes(into target: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int {
        guard !isAtEnd else { return 0 }
        let count: Int
        do {
            // A source that counts wrongly must not make us read beyond our memory.
            count = min(max(0, try pull(target)), target.count)
        } catch {
            throw MediaError(.unreadable, "The audio stopped arriving. Send it again.", cause: error)
        }
        if count == 0 { isAtEnd = true }
        if start.count == position, start.count < Self.keptByteCount {
            start.append(contentsOf: target[..<min(count, Self.keptByteCount - start.count)])
        }
        position += count
        return count
    }
}
