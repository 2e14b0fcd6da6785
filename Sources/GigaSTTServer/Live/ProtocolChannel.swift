import Synchronization

/// Lets the machine of a protocol speak over a transport: replies leave in the order in which they were decided.
final class ProtocolChannel<Wire: LiveProtocol, Transport: LiveTransport>: Sendable {
    private struct State {
        var wire: Wire
        var call: ActiveCall?
        var turns = Turns()
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
            let isNow = state.withLock { $0.turns.wait(for: turn, continuation) }
            if isNow { continuation.resume() }
        }
    }

    func close(for reason: EndReason) async -> WebSocketClose? {
        let close = state.withLock { $0.wire.close(for: reason) }
        await transport.close(close)
        return close
    }
}

/// The order of those that send: each takes a turn, waits for it and ends it.
private struct Turns {
    /// The turn of the one that sends, or of the next that will.
    private(set) var current = 0
    private var next = 0
    private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]

    mutating func take() -> Int {
        defer { next += 1 }
        return next
    }

    /// Keeps the continuation until the turn comes; returns whether it has come already.
    mutating func wait(for turn: Int, _ continuation: CheckedContinuation<Void, Never>) -> Bool {
        if turn == current { return true }
        waiting[turn] = continuation
        return false
    }

    /// Ends the turn; returns who waits for the next one.
    mutating func end() -> CheckedContinuation<Void, Never>? {
        current += 1
        return waiting.removeValue(forKey: current)
    }
}
