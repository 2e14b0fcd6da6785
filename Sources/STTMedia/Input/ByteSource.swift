/// The bytes of a recording, read by absolute offset; one thread at a time.
protocol ByteSource: AnyObject {
    /// How many there are, nil when that is not known before the end.
    var byteCount: Int? { get }
    /// Whether offsets may go back.
    var isSeekable: Bool { get }
    /// Copies bytes found at `offset`; returns how many, which may be fewer than asked for, and 0 only at the end.
    func read(at offset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int
}

extension ByteSource {
    /// Reads on until `bytes` is full or the source ends.
    func readFully(at offset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int {
        var filled = 0
        while filled < bytes.count {
            let count = try read(at: offset + filled, into: UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]))
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// The `count` bytes at `offset`, fewer at the end.
    func bytes(at offset: Int, count: Int) throws(MediaError) -> [UInt8] {
        // All empty arrays share their memory, and the initializer below writes a count to it.
        guard count > 0 else { return [] }
        var failure: MediaError?
        // Proof: as many bytes are set as were read.
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { memory, filled in
            do throws(MediaError) {
                filled = try readFully(
                    at: offset, into: UnsafeMutableRawBufferPointer(start: memory.baseAddress, count: count))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
