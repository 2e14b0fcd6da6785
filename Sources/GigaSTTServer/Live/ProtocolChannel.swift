import Synchronization

/// Lets the machine of a protocol speak over a transport: replies leave in the order in which they were decided.
final class ProtocolChannel<Wire: LiveProtocol, Transport: LiveTransport>: Sendable {
    private struct State {
        var wire: Wire
        var call: ActiveCall?
        /// Ends when the last replies have been sent.
        var sending: AsyncStream<Never>?
    }

    /// Replies that are sent behind all earlier ones.
    private struct Batch {
        let replies: [Wire.Reply]
        let previous: AsyncStream<Never>?
        let finish: AsyncStream<Never>.Continuation
    }

    let transport: Transport
    private let state: Mutex<State>
    private let metrics: ServerMetrics

    init(_ wire: Wire, over transport: Transport, metrics: ServerMetrics) {
        self.transport = transport
        state = Mutex(State(wire: wire))
        self.metrics = metrics
    }

    /// The call that the session carries.
    var call: ActiveCall? { state.withLock { $0.call } }

    func begin(_ call: ActiveCall) { state.withLock { $0.call = call } }

    func open() async -> Bool { await send { $0.wire.open() } != .lost }

    func receive(_ message: LiveMessage) -> [LiveStep<Wire.Reply>] { state.withLock { $0.wire.receive(message) } }

    func send(_ event: ConversationEvent, on channel: Int) async -> LiveConversation.Delivery {
        await send { state in
            state.call?.receive(event, on: channel)
            return state.wire.receive(event, on: channel, at: UnixTime.now)
        }
    }

    func send(_ reply: Wire.Reply) async { _ = await send { _ in [reply] } }

    private func send(_ decide: (inout State) -> [Wire.Reply]) async -> LiveConversation.Delivery {
        let batch: Batch? = state.withLock { state in
            let replies = decide(&state)
            if replies.isEmpty { return nil }
            let (sent, finish) = AsyncStream.makeStream(of: Never.self)
            defer { state.sending = sent }
            return Batch(replies: replies, previous: state.sending, finish: finish)
        }
        guard let batch else { return .unsent }
        defer { batch.finish.finish() }
        if let previous = batch.previous { for await _ in previous {} }
        for reply in batch.replies {
            if let code = reply.failureCode { metrics.failed(code: code) }
            guard await transport.send(reply) else { return call == nil ? .lost : .unsent }
        }
        return .sent
    }

    func close(for reason: EndReason) async -> WebSocketClose? {
        let close = state.withLock { $0.wire.close(for: reason) }
        await transport.close(close)
        return close
    }
}
