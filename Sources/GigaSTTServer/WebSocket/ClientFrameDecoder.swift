import NIOCore
import NIOWebSocket

/// NIO's frame decoder, but a frame is judged by its header (RFC 6455 section 5.2), not when all of it has arrived: an
/// unmasked one is refused, and the bytes of the others are counted.
struct ClientFrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = WebSocketFrame

    private let frames: WebSocketFrameDecoder
    private let byteLimit: Int
    private let bytes: InboundBytes
    private var isInsideFrame = false

    /// Frames of at most `byteLimit` bytes.
    init(byteLimit: Int, bytes: InboundBytes) {
        frames = WebSocketFrameDecoder(maxFrameSize: byteLimit)
        self.byteLimit = byteLimit
        self.bytes = bytes
    }

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        if !isInsideFrame {
            guard let length = try Self.payloadLength(buffer) else { return .needMoreData }
            // A longer one is refused below.
            if length <= byteLimit { try bytes.take(Int(length)) }
            isInsideFrame = true
        }
        let state = try frames.decode(context: context, buffer: &buffer)
        isInsideFrame = state == .needMoreData
        return state
    }

    mutating func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
    ) throws -> DecodingState {
        .needMoreData
    }

    /// The length in the header; `nil` while it has not arrived. Throws the close frame for an unmasked frame.
    private static func payloadLength(_ buffer: ByteBuffer) throws(WebSocketClose) -> UInt64? {
        let start = buffer.readerIndex
        guard let second = buffer.getInteger(at: start + 1, as: UInt8.self) else { return nil }
        guard second & 0x80 != 0 else { throw WebSocketClose(.protocolError, "unmasked frame") }
        return switch second & 0x7F {
        case 126: buffer.getInteger(at: start + 2, as: UInt16.self).map(UInt64.init)
        case 127: buffer.getInteger(at: start + 2, as: UInt64.self)
        case let length: UInt64(length)
        }
    }
}
