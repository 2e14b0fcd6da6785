import NIOCore

/// Bytes to arrivals: answers with a length until one says 101, then frames. Pings are answered at once.
final class WireReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let arrival: AsyncStream<WireConnection.Arrival>.Continuation
    private var unread = ByteBuffer()
    private var isWebSocket = false

    init(_ arrival: AsyncStream<WireConnection.Arrival>.Continuation) { self.arrival = arrival }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        unread.writeBuffer(&bytes)
        while let content = isWebSocket ? readFrame(context) : readAnswer() {
            arrival.yield(WireConnection.Arrival(content: content, time: .now))
        }
        unread.discardReadBytes()
    }

    func channelInactive(context: ChannelHandlerContext) { arrival.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func readAnswer() -> WireConnection.Arrival.Content? {
        let view = unread.readableBytesView
        guard let end = view.indices.first(where: { view[$0...].starts(with: [13, 10, 13, 10]) }) else { return nil }
        let head = String(decoding: view[..<end], as: UTF8.self).lowercased()
        let lines = head.split(separator: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let length = lines.first { $0.hasPrefix("content-length:") }?.split(separator: " ").last.flatMap { Int($0) }
        let headLength = end - view.startIndex + 4
        guard unread.readableBytes >= headLength + (length ?? 0) else { return nil }
        unread.moveReaderIndex(forwardBy: headLength)
        isWebSocket = status == 101
        return .answer(status: status, body: unread.readString(length: length ?? 0) ?? "")
    }

    /// The next frame that is not a ping.
    private func readFrame(_ context: ChannelHandlerContext) -> WireConnection.Arrival.Content? {
        while let (opcode, content) = takeFrame() {
            switch opcode {
            case 1: return .text(content)
            case 8: return .close(code: content.getInteger(at: content.readerIndex, as: UInt16.self).map(Int.init) ?? 0)
            case 9: context.writeAndFlush(wrapOutboundOut(WireFrame.pong(content)), promise: nil)
            case 10: return .pong
            default: break
            }
        }
        return nil
    }

    private func takeFrame() -> (opcode: UInt8, content: ByteBuffer)? {
        var rest = unread
        guard let head = rest.readInteger(as: UInt8.self), let size = rest.readInteger(as: UInt8.self) else {
            return nil
        }
        let length: Int? =
            switch size & 127 {
            case 126: rest.readInteger(as: UInt16.self).map(Int.init)
            case 127: rest.readInteger(as: UInt64.self).map(Int.init(clamping:))
            default: Int(size & 127)
            }
        guard let length, let content = rest.readSlice(length: length) else { return nil }
        unread = rest
        return (head & 15, content)
    }
}
