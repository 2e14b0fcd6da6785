import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Behind the HTTP codec; passes everything on until `switchToWebSocket` replaces that codec. From then on frames end
/// here; the HTTP handlers behind see nothing more and no longer reach the socket.
final class WebSocketUpgradeHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = WebSocketFrame  // in WebSocket mode; parts of HTTP are passed on unopened
    typealias OutboundIn = NIOAny
    typealias OutboundOut = WebSocketFrame

    typealias Frames = InboundQueue<WebSocketFrame>.Elements

    private let httpHandlers: [any RemovableChannelHandler]
    private let halfClose: HalfCloseHandler
    private var context: ChannelHandlerContext?
    /// `nil` while the connection speaks HTTP.
    private var queue: InboundQueue<WebSocketFrame>?
    private let writeTimeout: Duration
    private var timeout: WriteTimeout?
    private var closeObservers: [ObjectIdentifier: () -> Void] = [:]

    init(http handlers: [any RemovableChannelHandler], halfClose: HalfCloseHandler, writeTimeout: Duration) {
        httpHandlers = handlers
        self.halfClose = halfClose
        self.writeTimeout = writeTimeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        timeout = WriteTimeout(context.channel, timeout: writeTimeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        queue?.finish(nil)
    }

    /// Makes the connection a WebSocket: after the 101 response has been written.
    func switchToWebSocket(frameByteLimit: Int, bytes: InboundBytes) throws -> Frames {
        guard let context, queue == nil else { throw ChannelError.inappropriateOperationForState }
        let (queue, frames) = InboundQueue<WebSocketFrame>.make(
            on: context.eventLoop, byteCount: \.length, drop: { bytes.release($0.length) },
            read: { [weak self] in self?.context?.read() })
        self.queue = queue
        let pipeline = context.pipeline.syncOperations
        try pipeline.addHandler(WebSocketFrameEncoder(), position: .before(self))
        try pipeline.addHandler(
            ByteToMessageHandler(ClientFrameDecoder(byteLimit: frameByteLimit, bytes: bytes)),
            position: .before(self))
        // The decoder forwards the bytes behind the request; only then the end of the client's data may follow.
        let removals = httpHandlers.map { handler in
            let promise = context.eventLoop.makePromise(of: Void.self)
            pipeline.removeHandler(handler, promise: promise)
            return promise.futureResult
        }
        let halfClose = NIOLoopBound(halfClose, eventLoop: context.eventLoop)
        EventLoopFuture.andAllComplete(removals, on: context.eventLoop).whenComplete { _ in
            halfClose.value.switchedToWebSocket()
        }
        return frames
    }

    /// Sends a frame; the future ends when the system has taken it.
    func send(_ frame: WebSocketFrame) -> EventLoopFuture<Void>? {
        guard let context, let timeout, context.channel.isActive, queue != nil else { return nil }
        let promise = timeout.observed(nil)
        context.writeAndFlush(wrapOutboundOut(frame), promise: promise)
        timeout.watch()
        return promise.futureResult
    }

    /// Sends a ping.
    func ping() { _ = send(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())) }

    /// Ends the sequence of frames after those that have arrived, also those that wait in the system.
    func stopReading() { queue?.stopReading() }

    /// Ends the sequence of frames at once.
    func discardInbound() { queue?.finish(nil) }

    // MARK: Inbound

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if let queue { queue.append(unwrapInboundIn(data)) } else { context.fireChannelRead(data) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let queue { queue.finish(error) } else { context.fireErrorCaught(error) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard queue == nil else {
            if event as? ChannelEvent == .inputClosed { inputClosed() }
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// The client sends nothing more, but may still read: its last final is on the way. One that has closed the whole
    /// connection looks the same until it is sent something.
    private func inputClosed() {
        ping()
        queue?.finish(nil)
    }

    /// Calls `body` when the connection ends, at once if it has ended. The owner takes it back with `forget`.
    func onClose(_ owner: ObjectIdentifier, _ body: @escaping () -> Void) {
        if context?.channel.isActive == true { closeObservers[owner] = body } else { body() }
    }

    /// Forgets what `onClose` was given.
    func forget(_ owner: ObjectIdentifier) { closeObservers[owner] = nil }

    func channelInactive(context: ChannelHandlerContext) {
        queue?.finish(nil)
        let observers = closeObservers.values
        closeObservers = [:]
        for observer in observers { observer() }
        context.fireChannelInactive()
    }

    // MARK: Back-pressure: no reads while the reader is behind

    func read(context: ChannelHandlerContext) {
        if queue?.allowsRead() != false { context.read() }
    }

    // MARK: Outbound: after the switch nothing of HTTP may reach the socket

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if queue == nil {
            context.write(data, promise: timeout?.observed(promise) ?? promise)
        } else {
            promise?.fail(ChannelError.inappropriateOperationForState)
        }
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        timeout?.watch()
    }
}

extension NIOLoopBound {
    /// Uses the value on its event loop.
    func execute(_ body: @escaping @Sendable (Value) -> Void) { eventLoop.execute { body(value) } }
}
