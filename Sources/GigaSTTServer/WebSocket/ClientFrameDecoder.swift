import NIOCore
import NIOWebSocket

/// NIO's frame decoder, but an unmasked frame is refused by its second byte (RFC 6455 section 5.1), not when all of it
/// has arrived.
struct ClientFrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = WebSocketFrame

    private let frames: WebSocketFrameDecoder
    private var isInsideFrame = false

    /// Frames of at most `byteLimit` bytes.
    init(byteLimit: Int) { frames = WebSocketFrameDecoder(maxFrameSize: byteLimit) }

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        if !isInsideFrame {
            guard let second = buffer.getInteger(at: buffer.readerIndex + 1, as: UInt8.self) else {
                return .needMoreData
            }
            guard second & 0x80 != 0 else { throw WebSocketClose(.protocolError, "unmasked frame") }
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
}
