import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Behind the HTTP codec; passes everything on until `switchToWebSocket` replaces that codec. From then on frames end
/// here; the HTTP handlers behind see nothing more and no longer reach the socket.
///
/// States: HTTP → frames (to a reader) → last frames (a shutdown: what has arrived is still read) → discarding (what
/// still arrives is read and dropped).
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
        case lastFrames(Frames.Source, remainingByteCount: Int)
        case discarding
    }

    /// What a stopped reader still gets of what is waiting in the system: half a minute of audio at 16 kHz.
    private static let lastByteCount = 1 << 20
    /// How long that may take to arrive here; it is in the memory of this machine.
    private static let lastReadTime = TimeAmount.milliseconds(200)

    private let httpHandlers: [any RemovableChannelHandler]
    private let halfClose: HalfCloseHandler
    private var context: ChannelHandlerContext?
    private var state = State.http
    private var mayRead = true
    private var wantsRead = false
    private let writeTimeout: Duration
    private var timeout: WriteTimeout?
    private var bytes: InboundBytes?
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
        finish(nil)
    }

    /// Makes the connection a WebSocket: after the 101 response has been written.
    func switchToWebSocket(frameByteLimit: Int, bytes: InboundBytes) throws -> Frames {
        guard let context, case .http = state else { throw ChannelError.inappropriateOperationForState }
        self.bytes = bytes
        // One frame waits for the reader, not several: a frame may have half a megabyte.
        let sequence = Frames.self.makeSequence(
            elementType: WebSocketFrame.self, failureType: (any Error).self,
            backPressureStrategy: .init(lowWatermark: 1, highWatermark: 1), finishOnDeinit: false,
            delegate: ReadGate(handler: NIOLoopBound(self, eventLoop: context.eventLoop)))
        state = .frames(sequence.source)
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
        return sequence.sequence
    }

    /// Sends a frame; the future ends when the system has taken it.
    func send(_ frame: WebSocketFrame) -> EventLoopFuture<Void>? {
        guard let context, context.channel.isActive else { return nil }
        if case .http = state { return nil }
        let promise = watched(nil, context)
        context.writeAndFlush(wrapOutboundOut(frame), promise: promise)
        timeout?.watch()
        return promise.futureResult
    }

    /// Sends a ping.
    func ping() { _ = send(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())) }

    /// A promise that the timeout of writes observes.
    private func watched(
        _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext
    ) -> EventLoopPromise<Void> {
        let promise = promise ?? context.eventLoop.makePromise(of: Void.self)
        let timeout = NIOLoopBound(timeout, eventLoop: context.eventLoop)
        timeout.value?.began()
        promise.futureResult.whenComplete { _ in timeout.value?.ended() }
        return promise
    }

    /// Ends the sequence of frames after those that have arrived, also those that wait in the system.
    ///
    /// What arrives later is read and dropped, so that the peer's end of the connection is noticed and unread bytes do
    /// not turn into a reset that destroys the last messages.
    func stopReading() {
        guard case .frames(let source) = state, let context else { return }
        state = .lastFrames(source, remainingByteCount: Self.lastByteCount)
        let own = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.lastReadTime) { own.value.finish(nil) }
        // Without back-pressure: the bytes are bounded.
        resumeReading()
    }

    /// Ends the sequence of frames at once.
    func discardInbound() { finish(nil) }

    // MARK: Inbound

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch state {
        case .http: context.fireChannelRead(data)
        case .discarding: bytes?.release(unwrapInboundIn(data).length)
        case .frames(let source):
            if case .produceMore = source.yield(unwrapInboundIn(data)) { mayRead = true } else { mayRead = false }
        case .lastFrames(let source, let byteCount):
            let frame = unwrapInboundIn(data)
            let remaining = byteCount - frame.length
            _ = source.yield(frame)
            if remaining > 0 { state = .lastFrames(source, remainingByteCount: remaining) } else { finish(nil) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case .http = state { context.fireErrorCaught(error) } else { finish(error) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .http = state else {
            if event as? ChannelEvent == .inputClosed { inputClosed() }
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// The client sends nothing more, but may still read: its last final is on the way. One that has closed the whole
    /// connection looks the same until it is sent something.
    private func inputClosed() {
        ping()
        finish(nil)
    }

    /// Calls `body` when the connection ends, at once if it has ended. The owner takes it back with `forget`.
    func onClose(_ owner: ObjectIdentifier, _ body: @escaping () -> Void) {
        if context?.channel.isActive == true { closeObservers[owner] = body } else { body() }
    }

    /// Forgets what `onClose` was given.
    func forget(_ owner: ObjectIdentifier) { closeObservers[owner] = nil }

    func channelInactive(context: ChannelHandlerContext) {
        finish(nil)
        let observers = closeObservers.values
        closeObservers = [:]
        for observer in observers { observer() }
        context.fireChannelInactive()
    }

    private func finish(_ error: (any Error)?) {
        switch state {
        case .http, .discarding: return
        case .frames(let source), .lastFrames(let source, _):
            state = .discarding
            if let error { source.finish(error) } else { source.finish() }
            resumeReading()
        }
    }

    // MARK: Back-pressure: no reads while the reader is behind

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
        timeout?.watch()
    }

    /// Resumes reads when the frames have been taken.
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
