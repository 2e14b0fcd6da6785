import NIOCore

/// The only handler of a connection that carries a protocol without HTTP: bytes in and out, with back-pressure.
final class ByteStreamHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    typealias Elements = InboundQueue<ByteBuffer>.Elements

    private let queue: InboundQueue<ByteBuffer>
    private let timeout: WriteTimeout
    private let channel: any Channel

    private init(_ channel: any Channel, _ queue: InboundQueue<ByteBuffer>, writeTimeout: Duration) {
        (self.channel, self.queue) = (channel, queue)
        timeout = WriteTimeout(channel, timeout: writeTimeout)
    }

    /// Adds the handler to a new connection, on its event loop.
    static func add(
        to channel: any Channel, writeTimeout: Duration
    ) throws -> (handler: NIOLoopBound<ByteStreamHandler>, elements: Elements) {
        let (queue, elements) = InboundQueue<ByteBuffer>.make(
            on: channel.eventLoop, byteCount: \.readableBytes, read: { channel.read() })
        let handler = ByteStreamHandler(channel, queue, writeTimeout: writeTimeout)
        try channel.pipeline.syncOperations.addHandler(handler)
        return (NIOLoopBound(handler, eventLoop: channel.eventLoop), elements)
    }

    /// Sends bytes; the future ends when the system has taken them.
    func send(_ bytes: ByteBuffer) -> EventLoopFuture<Void>? {
        guard channel.isActive else { return nil }
        let promise = timeout.observed(nil)
        channel.writeAndFlush(bytes, promise: promise)
        timeout.watch()
        return promise.futureResult
    }

    func stopReading() { queue.stopReading() }
    func discardInbound() { queue.finish(nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { queue.append(unwrapInboundIn(data)) }

    func read(context: ChannelHandlerContext) {
        if queue.allowsRead() { context.read() }
    }

    /// The client sends nothing more, but may still read.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { queue.finish(nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { queue.finish(error) }
    func channelInactive(context: ChannelHandlerContext) { queue.finish(nil) }
    func handlerRemoved(context: ChannelHandlerContext) { queue.finish(nil) }
}
