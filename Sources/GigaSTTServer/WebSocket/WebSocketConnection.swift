import NIOCore
import NIOWebSocket

/// A WebSocket as the transport of a live session: messages in and out, pings, and the closing handshake.
///
/// One task reads; any task may send. Sending suspends while the system takes no more for the peer.
final class WebSocketConnection: LiveTransport {
    private let channel: any Channel
    private let handler: NIOLoopBound<WebSocketUpgradeHandler>
    private let frames: WebSocketUpgradeHandler.Frames
    private let settings: SessionSettings
    fileprivate let bytes: InboundBytes

    init(
        _ channel: any Channel, _ handler: NIOLoopBound<WebSocketUpgradeHandler>,
        _ frames: WebSocketUpgradeHandler.Frames, settings: SessionSettings, bytes: InboundBytes
    ) {
        self.bytes = bytes
        self.channel = channel
        self.handler = handler
        self.frames = frames
        self.settings = settings
    }

    func makeReader() -> Reader {
        Reader(
            frames: frames.makeAsyncIterator(), assembler: MessageAssembler(byteLimit: settings.messageByteLimit),
            connection: self)
    }

    /// Reads frames, answers pings, joins fragments.
    struct Reader: LiveReader {
        fileprivate var frames: WebSocketUpgradeHandler.Frames.AsyncIterator
        fileprivate var assembler: MessageAssembler
        fileprivate let connection: WebSocketConnection
        /// Bytes of the message that is not complete.
        private var openByteCount = 0
        /// Bytes of what was returned last: it is handled when the next is asked for.
        private var returnedByteCount = 0

        fileprivate init(
            frames: WebSocketUpgradeHandler.Frames.AsyncIterator, assembler: MessageAssembler,
            connection: WebSocketConnection
        ) {
            (self.frames, self.assembler, self.connection) = (frames, assembler, connection)
        }

        mutating func next() async throws(WebSocketClose) -> LiveInbound? {
            connection.bytes.release(returnedByteCount)
            returnedByteCount = 0
            guard let frame = try await nextFrame() else { return nil }
            returnedByteCount = frame.length
            switch try assembler.append(frame) {
            case .text(let text):
                countMessage()
                return .message(.text(text))
            case .binary(let content):
                countMessage()
                return .message(.binary(content))
            case .fragment:
                openByteCount += frame.length
                returnedByteCount = 0
                return .activity(isData: true)
            case .ping(let content):
                _ = await connection.write(.pong, content)
                return .activity(isData: false)
            case .pong: return .activity(isData: false)
            case .close(let code): return .close(code: code)
            }
        }

        private mutating func countMessage() {
            returnedByteCount += openByteCount
            openByteCount = 0
        }

        private mutating func nextFrame() async throws(WebSocketClose) -> WebSocketFrame? {
            do {
                return try await frames.next()
            } catch NIOWebSocketError.invalidFrameLength {
                throw MessageAssembler.tooBig
            } catch is NIOWebSocketError {
                throw WebSocketClose(.protocolError, "malformed frame")
            } catch let close as WebSocketClose {
                throw close
            } catch {
                // The connection broke, or the task was cancelled.
                return nil
            }
        }
    }

    func stopReading() { handler.execute { $0.stopReading() } }
    func discardInbound() { handler.execute { $0.discardInbound() } }

    func send(_ message: LiveMessage) async -> Bool {
        switch message {
        case .text(let text): await write(.text, ByteBuffer(string: text))
        case .binary(let content): await write(.binary, content)
        }
    }

    func ping() -> Bool {
        guard channel.isWritable else { return false }
        handler.execute { $0.ping() }
        return true
    }

    func onClose(_ body: @escaping @Sendable () -> Void) { channel.closeFuture.whenComplete { _ in body() } }

    /// Sends the close frame, waits a little for the peer's, and closes.
    func close(_ close: WebSocketClose?) async {
        discardInbound()
        if let close, !Task.isCancelled, await write(.connectionClose, ByteBuffer(bytes: close.payload)) {
            // Closing at once could reset the connection before the peer has read the last messages.
            channel.close(mode: .output, promise: nil)
            let channel = channel
            let timer = channel.eventLoop.scheduleTask(in: TimeAmount(settings.closeTimeout)) {
                channel.close(promise: nil)
            }
            try? await channel.closeFuture.get()
            timer.cancel()
        } else {
            try? await channel.close()
        }
    }

    private func write(_ opcode: WebSocketOpcode, _ content: ByteBuffer) async -> Bool {
        let frame = WebSocketFrame(fin: true, opcode: opcode, data: content)
        do {
            try await handler.eventLoop.flatSubmit { [handler] in
                handler.value.send(frame)
                    ?? handler.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
            }.get()
            return true
        } catch {
            return false
        }
    }
}
