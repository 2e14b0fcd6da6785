import NIOCore
import NIOWebSocket

/// A message or control frame, after its frames have been checked and joined.
enum WebSocketInbound: Sendable, Hashable {
    case text(String)
    case binary(ByteBuffer)
    /// Part of a message whose end is not there yet.
    case fragment
    case ping(ByteBuffer)
    case pong
    case close(code: UInt16?)
}

/// Frames to messages by the rules of RFC 6455 that the frame decoder leaves open. A value: no socket, no clock.
struct MessageAssembler: Sendable {
    /// Most frames of one message.
    static let fragmentLimit = 1_024

    private let byteLimit: Int
    private var open: (opcode: WebSocketOpcode, content: ByteBuffer, fragmentCount: Int)?

    /// Messages of at most `byteLimit` bytes.
    init(byteLimit: Int) { self.byteLimit = byteLimit }

    /// Takes the next frame.
    ///
    /// Throws the close frame for a violation.
    mutating func append(_ frame: WebSocketFrame) throws(WebSocketClose) -> WebSocketInbound {
        guard frame.maskKey != nil else { throw WebSocketClose(.protocolError, "unmasked frame") }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else { throw WebSocketClose(.protocolError, "reserved bit") }
        let content = frame.unmaskedData
        switch frame.opcode {
        case .ping, .pong, .connectionClose: return try control(frame, content)
        case .text, .binary:
            guard open == nil else { throw WebSocketClose(.protocolError, "message inside a message") }
            guard content.readableBytes <= byteLimit else { throw Self.tooBig }
            if frame.fin { return try message(frame.opcode, content) }
            open = (frame.opcode, content, 1)
            return .fragment
        case .continuation: return try append(content, isLast: frame.fin)
        default: throw WebSocketClose(.protocolError, "unknown opcode")
        }
    }

    static let tooBig = WebSocketClose(.tooBig, "message too big")

    private func control(_ frame: WebSocketFrame, _ content: ByteBuffer) throws(WebSocketClose) -> WebSocketInbound {
        guard frame.fin, content.readableBytes <= 125 else {
            throw WebSocketClose(.protocolError, "malformed control frame")
        }
        switch frame.opcode {
        case .ping: return .ping(content)
        case .pong: return .pong
        default: return .close(code: try WebSocketClose.read(content.readableBytesView))
        }
    }

    private mutating func append(_ content: ByteBuffer, isLast: Bool) throws(WebSocketClose) -> WebSocketInbound {
        guard var message = open else { throw WebSocketClose(.protocolError, "nothing to continue") }
        // The only reference, so that appending does not copy what is there.
        open = nil
        message.fragmentCount += 1
        guard message.content.readableBytes + content.readableBytes <= byteLimit else { throw Self.tooBig }
        guard message.fragmentCount <= Self.fragmentLimit else {
            throw WebSocketClose(.policyViolation, "too many fragments")
        }
        message.content.writeImmutableBuffer(content)
        if isLast { return try self.message(message.opcode, message.content) }
        open = message
        return .fragment
    }

    private func message(
        _ opcode: WebSocketOpcode, _ content: ByteBuffer
    ) throws(WebSocketClose) -> WebSocketInbound {
        guard opcode == .text else { return .binary(content) }
        guard let text = String(validating: content.readableBytesView, as: UTF8.self) else {
            throw WebSocketClose(.invalidText, "text is not UTF-8")
        }
        return .text(text)
    }
}
