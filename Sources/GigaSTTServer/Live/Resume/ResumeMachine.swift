import NIOCore

/// One live session over several connections, one after the other, as a machine: what was received of the client, what it
/// may not have, and how long the session waits for it.
///
/// States: connected → suspended → connected …; finished (the messages are still held) or over. A session that cannot be
/// resumed is over with its first connection.
struct ResumeMachine: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What was received, as the client counts it.
    struct Position: Sendable, Hashable {
        /// Bytes of binary messages.
        var audioByteCount = 0
        /// Text messages.
        var textCount = 0
    }

    /// A connection that goes on with the session.
    struct Attachment: Sendable, Hashable {
        let connection: Int
        let position: Position
        /// What the client does not have.
        let messages: [LiveMessage]
        /// Whether nothing more follows.
        let isFinished: Bool
    }

    /// Why a session cannot be resumed.
    enum Refusal: Error, Sendable, Hashable {
        /// There is no such session, or not for this client.
        case unknown
        /// Messages that the client does not have are no longer held.
        case incomplete
    }

    /// The outcome of an arrival.
    enum Arrival: Sendable, Hashable {
        case deliver(LiveInbound)
        /// It came over a connection that was replaced, or behind the end.
        case discard
        /// A close code that reports a lost connection; the connection is closed with this.
        case disconnect(WebSocketClose)
    }

    /// What the end of a connection means.
    enum Loss: Sendable, Hashable {
        /// Nothing: another connection has replaced it, or the session has ended.
        case none
        case suspended(until: Instant)
        case over
    }

    private enum Phase: Sendable, Hashable { case connected, suspended(until: Instant), finished, over }

    private let window: Duration
    private var phase = Phase.connected
    private var isClosedByClient = false
    private(set) var isResumable = false
    /// The number of the connection; the first is 0.
    private(set) var connection = 0
    private(set) var position = Position()
    private(set) var log: ReplayLog

    /// - Parameter window: How long the session waits for another connection.
    init(window: Duration, log: ReplayLog = ReplayLog()) { (self.window, self.log) = (window, log) }

    var isSuspended: Bool { if case .suspended = phase { true } else { false } }
    var isOver: Bool { phase == .over }
    var isConnected: Bool { phase == .connected }

    /// From now on messages are numbered and held.
    mutating func enable() { isResumable = true }

    /// Takes what arrived on a connection.
    mutating func take(_ inbound: LiveInbound, from number: Int) -> Arrival {
        guard number == connection, phase != .finished, phase != .over else { return .discard }
        switch inbound {
        case .message(.binary(let content)): position.audioByteCount += content.readableBytes
        case .message(.text): position.textCount += 1
        case .activity: break
        case .close(let code):
            // A program that ends on purpose closes with 1000, or without a code.
            if isResumable, let code, code != WebSocketClose.Code.normal.rawValue {
                return .disconnect(WebSocketClose(echoing: code))
            }
            isClosedByClient = true
        }
        return .deliver(inbound)
    }

    /// Numbers and holds a message, where the session can be resumed.
    mutating func send(_ reply: some LiveReply) -> LiveMessage { isResumable ? log.append(reply) : reply.message }

    /// A connection is gone.
    ///
    /// - Parameter mayWait: Whether there is room for another session that waits; asked where it matters.
    mutating func disconnected(_ number: Int, at now: Instant, mayWait: () -> Bool) -> Loss {
        guard number == connection, phase == .connected else { return .none }
        guard isResumable, !isClosedByClient, mayWait() else {
            phase = .over
            return .over
        }
        phase = .suspended(until: now + window)
        return .suspended(until: now + window)
    }

    /// Goes on over another connection, which replaces the one that there is.
    ///
    /// - Parameter number: The last message that the client has.
    mutating func attach(after number: Int) -> Result<Attachment, Refusal> {
        guard isResumable, phase != .over else { return .failure(.unknown) }
        guard let messages = log.messages(after: number) else { return .failure(.incomplete) }
        connection += 1
        if phase != .finished { phase = .connected }
        return .success(
            Attachment(
                connection: connection, position: position, messages: messages, isFinished: phase == .finished))
    }

    /// Ends the wait for another connection if it is over; returns whether it is.
    mutating func expire(at now: Instant) -> Bool {
        guard case .suspended(let end) = phase, end <= now else { return false }
        phase = .over
        return true
    }

    /// The session has ended; returns whether its client may come for the last messages.
    mutating func finish() -> Bool {
        guard phase != .over else { return false }
        phase = isResumable && !isClosedByClient ? .finished : .over
        return phase == .finished
    }
}
