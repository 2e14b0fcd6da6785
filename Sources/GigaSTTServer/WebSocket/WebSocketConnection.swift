import NIOCore
import NIOWebSocket

/// One end of a WebSocket: messages in and out, and the goodbye.
///
/// One task reads; any task may send. Sending waits while the system takes no more for the peer.
final class WebSocketConnection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<WebSocketUpgradeHandler>
    private let frames: WebSocketUpgradeHandler.Frames
    private let settings: SessionSettings

    init(
        _ channel: any Channel, _ handler: NIOLoopBound<WebSocketUpgradeHandler>,
        _ frames: WebSocketUpgradeHandler.Frames, settings: SessionSettings
    ) {
        self.channel = channel
        self.handler = handler
        self.frames = frames
        self.settings = settings
    }

    /// What arrives. Throws `WebSocketClose` where the peer broke the rules; ends when it is gone or after
    /// `stopReading`.
    func makeReader() -> Reader {
        Reader(frames: frames.makeAsyncIterator(), assembler: MessageAssembler(byteLimit: settings.messageByteLimit))
    }

    struct Reader {
        fileprivate var frames: WebSocketUpgradeHandler.Frames.AsyncIterator
        fileprivate var assembler: MessageAssembler

        mutating func next() async throws(WebSocketClose) -> WebSocketInbound? {
            let frame: WebSocketFrame?
            do {
                frame = try await frames.next()
            } catch NIOWebSocketError.invalidFrameLength {
                throw MessageAssembler.tooBig
            } catch is NIOWebSocketError {
                throw WebSocketClose(.protocolError, "malformed frame")
            } catch {
                // The connection broke, or the task was cancelled.
                return nil
            }
            guard let frame else { return nil }
            return try assembler.append(frame)
        }
    }

    /// Ends the reader after what it has received already.
    func stopReading() { handler.execute { $0.stopReading() } }

    /// Sends a text; returns whether the peer's system took it.
    func send(_ text: String) async -> Bool { await write(.text, ByteBuffer(string: text)) }

    /// Answers a ping.
    func pong(_ content: ByteBuffer) async { _ = await write(.pong, content) }

    /// Sends a ping, unless the peer is so far behind that it would only wait.
    func ping() {
        guard channel.isWritable else { return }
        handler.execute { _ = $0.send(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer())) }
    }

    /// Calls `body` when the connection is over, whoever ended it.
    func onClose(_ body: @escaping @Sendable () -> Void) { channel.closeFuture.whenComplete { _ in body() } }

    /// Says goodbye, waits a little for the peer's own, and closes.
    func close(_ close: WebSocketClose?) async {
        stopReading()
        if let close, !Task.isCancelled, await write(.connectionClose, ByteBuffer(bytes: close.payload)) {
            // Closing at once could reset the connection before the peer has read our last words.
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
