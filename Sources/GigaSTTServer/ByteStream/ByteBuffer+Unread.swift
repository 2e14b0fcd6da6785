import NIOCore

extension ByteBuffer {
    /// Adds the next bytes of a stream to those that are not read yet, without keeping those that are.
    mutating func appendToUnread(_ bytes: ByteBuffer) {
        guard readableBytes > 0 else {
            self = bytes
            return
        }
        // A stream that is always cut within a frame would keep everything that was read.
        discardReadBytes()
        writeImmutableBuffer(bytes)
    }
}
