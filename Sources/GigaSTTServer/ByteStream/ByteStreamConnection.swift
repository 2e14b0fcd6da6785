import NIOCore

/// A TCP connection as the transport of a live session whose protocol has frames of its own: each message is the next
/// part of the stream.
///
/// One task reads; any task may send. Sending suspends while the system takes no more for the peer.
struct ByteStreamConnection: LiveTransport {
    let channel: any Channel
    let handler: NIOLoopBound<ByteStreamHandler>
    let elements: ByteStreamHandler.Elements
    /// How long the peer may take to close its side.
    let closeTimeout: Duration

    func makeReader() -> Reader { Reader(elements: elements.makeAsyncIterator()) }

    struct Reader: LiveReader {
        fileprivate var elements: ByteStreamHandler.Elements.AsyncIterator

        mutating func next() async throws(WebSocketClose) -> LiveInbound? {
            // An error means that the connection broke, or that the task was cancelled.
            guard let bytes = try? await elements.next() else { return nil }
            return .message(.binary(bytes))
        }
    }

    func send(_ message: LiveMessage) async -> Bool {
        let bytes =
            switch message {
            case .text(let text): ByteBuffer(string: text)
            case .binary(let bytes): bytes
            }
        do {
            try await handler.eventLoop.flatSubmit { [handler] in
                handler.value.send(bytes) ?? handler.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
            }.get()
            return true
        } catch {
            return false
        }
    }

    /// The protocols of such connections have no pings of the server.
    func ping() -> Bool { false }

    func stopReading() { handler.execute { $0.stopReading() } }
    func discardInbound() { handler.execute { $0.discardInbound() } }
    func onClose(_ body: @escaping @Sendable () -> Void) { channel.closeFuture.whenComplete { _ in body() } }

    /// Ends the stream, waits a little for the peer's end, and closes.
    func close(_ close: WebSocketClose?) async {
        discardInbound()
        if close != nil, !Task.isCancelled {
            // Closing at once could reset the connection before the peer has read the last messages.
            channel.close(mode: .output, promise: nil)
            let timer = channel.eventLoop.scheduleTask(in: TimeAmount(closeTimeout)) { [channel] in
                channel.close(promise: nil)
            }
            try? await channel.closeFuture.get()
            timer.cancel()
        } else {
            try? await channel.close()
        }
    }
}
