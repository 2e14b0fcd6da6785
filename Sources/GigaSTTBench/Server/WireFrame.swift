import NIOCore

/// Frames of RFC 6455 as a client sends them. The key is zero, so that frames can be made once for many sessions.
enum WireFrame {
    static func text(_ text: String) -> ByteBuffer { frame(0x81, ByteBuffer(string: text)) }
    static func binary(_ content: ByteBuffer) -> ByteBuffer { frame(0x82, content) }
    static let ping = frame(0x89, ByteBuffer())

    /// The answer to a ping.
    static func pong(_ content: ByteBuffer) -> ByteBuffer { frame(0x8A, content) }

    private static func frame(_ head: UInt8, _ content: ByteBuffer) -> ByteBuffer {
        var bytes = ByteBuffer(bytes: [head])
        switch content.readableBytes {
        case ..<126: bytes.writeInteger(UInt8(0x80 | content.readableBytes))
        case ..<65_536: bytes.writeMultipleIntegers(UInt8(0xFE), UInt16(content.readableBytes))
        default: bytes.writeMultipleIntegers(UInt8(0xFF), UInt64(content.readableBytes))
        }
        bytes.writeInteger(UInt32(0))
        bytes.writeImmutableBuffer(content)
        return bytes
    }
}
