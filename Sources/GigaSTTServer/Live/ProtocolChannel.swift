import Synchronization

/// Lets the machine of a protocol speak over a transport: replies leave in the order in which they were decided.
final class ProtocolChannel<Wire: LiveProtocol, Transport: LiveTransport>: Sendable {
    private struct State {
        var wire: Wire
        var call: ActiveCall?
        var turns = Turns<CheckedContinuation<Void, Never>>()
    }

    /// Replies that are sent behind all earlier ones.
    private struct Batch {
        let replies: [Wire.Reply]
        let turn: Int
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

    func keepAlive() async { _ = await send { $0.wire.keepAlive() } }

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
            return replies.isEmpty ? nil : Batch(replies: replies, turn: state.turns.take())
        }
        guard let batch else { return .unsent }
        defer { state.withLock { $0.turns.end() }?.resume() }
        await wait(for: batch.turn)
        for reply in batch.replies {
            if let code = reply.failureCode { metrics.failed(code: code) }
            guard await transport.send(reply) else { return call == nil ? .lost : .unsent }
        }
        return .sent
    }

    /// Returns when all earlier replies have been sent, mostly at once.
    private func wait(for turn: Int) async {
        if state.withLock({ $0.turns.current == turn }) { return }
        await withCheckedContinuation { continuation in
            let isNow = state.withLock { !$0.turns.wait(for: turn, continuation) }
            if isNow { continuation.resume() }
        }
    }

    func close(for reason: EndReason) async -> WebSocketClose? {
        let close = state.withLock { $0.wire.close(for: reason) }
        await transport.close(close)
        return close
    }
}
