/// A recording held in memory.
final class MemoryBytes: ByteSource {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var byteCount: Int? { bytes.count }
    var isSeekable: Bool { true }

    func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int {
        guard offset >= 0, offset < bytes.count else { return 0 }
        let count = min(target.count, bytes.count - offset)
        target.copyBytes(from: bytes[offset..<offset + count])
        return count
    }
}
