import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Sits behind the HTTP codec and lets everything pass until `switchToWebSocket` replaces that codec. From then on
/// frames end here; the HTTP handlers behind see nothing more and no longer reach the socket.
///
/// States: HTTP → frames (to a reader) → discarding (what still arrives is read and dropped).
final class WebSocketUpgradeHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = WebSocketFrame  // in WebSocket mode; parts of HTTP are passed on unopened
    typealias OutboundIn = NIOAny
    typealias OutboundOut = WebSocketFrame

    typealias Frames = NIOThrowingAsyncSequenceProducer<
        WebSocketFrame, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, ReadGate
    >

    private enum State {
        case http
        case frames(Frames.Source)
        case discarding
    }

    private let httpHandlers: [any RemovableChannelHandler]
    private var context: ChannelHandlerContext?
    private var state = State.http
    private var mayRead = true
    private var wantsRead = false
    private let writeTimeout: Duration
    private var stall: WriteTimeout?
    private var disconnection: (() -> Void)?

    init(http handlers: [any RemovableChannelHandler], writeTimeout: Duration) {
        httpHandlers = handlers
        self.writeTimeout = writeTimeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        stall = WriteTimeout(context.channel, timeout: writeTimeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        finish(nil)
    }

    /// Makes the connection a WebSocket: after the 101 answer has been written.
    func switchToWebSocket(frameByteLimit: Int) throws -> Frames {
        guard let context, case .http = state else { throw ChannelError.inappropriateOperationForState }
        let sequence = Frames.self.makeSequence(
            elementType: WebSocketFrame.self, failureType: (any Error).self,
            backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4), finishOnDeinit: false,
            delegate: ReadGate(handler: NIOLoopBound(self, eventLoop: context.eventLoop)))
        state = .frames(sequence.source)
        let pipeline = context.pipeline.syncOperations
        try pipeline.addHandler(WebSocketFrameEncoder(), position: .before(self))
        try pipeline.addHandler(
            ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: frameByteLimit)), position: .before(self))
        for handler in httpHandlers { pipeline.removeHandler(handler, promise: nil) }  // forwards left-over bytes
        return sequence.sequence
    }

    /// Sends a frame; the future ends when the system has taken it.
    func send(_ frame: WebSocketFrame) -> EventLoopFuture<Void>? {
        guard let context, context.channel.isActive else { return nil }
        if case .http = state { return nil }
        let promise = watched(nil, context)
        context.writeAndFlush(wrapOutboundOut(frame), promise: promise)
        stall?.watch()
        return promise.futureResult
    }

    /// A promise whose end the clock for stalled writes learns of.
    private func watched(
        _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext
    ) -> EventLoopPromise<Void> {
        let promise = promise ?? context.eventLoop.makePromise(of: Void.self)
        let stall = NIOLoopBound(stall, eventLoop: context.eventLoop)
        stall.value?.began()
        promise.futureResult.whenComplete { _ in stall.value?.ended() }
        return promise
    }

    /// Ends the sequence of frames. What still arrives is read, so that the peer's end of the connection is noticed
    /// and unread bytes do not turn into a reset that takes our last words with it.
    func stopReading() {
        if case .frames = state { finish(nil) }
    }

    // MARK: Inbound

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .http: context.fireChannelRead(data)
        case .discarding: break
        case .frames(let source):
            if case .produceMore = source.yield(unwrapInboundIn(data)) { mayRead = true } else { mayRead = false }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .http = state { context.fireErrorCaught(error) } else { finish(error) }
    }

    /// Calls `body` when the connection ends, at once if it has ended; it replaces the one before.
    func onClose(_ body: @escaping () -> Void) {
        disconnection = body
        if context?.channel.isActive != true { tellDeparture() }
    }

    private func tellDeparture() {
        disconnection?()
        disconnection = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(nil)
        tellDeparture()
        context.fireChannelInactive()
    }

    private func finish(_ error: (any Error)?) {
        guard case .frames(let source) = state else { return }
        state = .discarding
        if let error { source.finish(error) } else { source.finish() }
        resumeReading()
    }

    // MARK: Back-pressure: hold back reads while the reader is behind

    func read(context: ChannelHandlerContext) {
        if mayRead { context.read() } else { wantsRead = true }
    }

    private func resumeReading() {
        mayRead = true
        if wantsRead {
            wantsRead = false
            context?.read()
        }
    }

    // MARK: Outbound: after the switch nothing of HTTP may reach the socket

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .http = state {
            context.write(data, promise: watched(promise, context))
        } else {
            promise?.fail(ChannelError.inappropriateOperationForState)
        }
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        stall?.watch()
    }

    /// Lets the socket be read again when the frames have been taken.
    struct ReadGate: NIOAsyncSequenceProducerDelegate {
        let handler: NIOLoopBound<WebSocketUpgradeHandler>

        func produceMore() { handler.execute { $0.resumeReading() } }
        func didTerminate() { handler.execute { $0.finish(nil) } }
    }
}

extension NIOLoopBound {
    /// Uses the value on its event loop.
    func execute(_ body: @escaping @Sendable (Value) -> Void) { eventLoop.execute { body(value) } }
}
