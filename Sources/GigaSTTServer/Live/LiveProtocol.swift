import NIOCore

/// The wire format of a live conversation as a machine: messages of the client in, replies and inputs of the
/// conversation out; events of the conversation in, replies out.
///
/// A conformance owns no socket, no clock and no stream, so that a table can test it. It decides what each message means
/// (sample rate, encoding, options, several replies to one message) and how each end looks; the conversation decides what
/// is recognised, retried and still owed.
protocol LiveProtocol: Sendable {
    associatedtype Reply: LiveReply

    /// The name in the log.
    static var name: String { get }
    /// Whether each message of audio has an answer. The answer then waits a moment for the text that the audio sets going
    /// (`AnswerDeadline`); by default there is none.
    static var answersAudio: Bool { get }
    /// After how long without audio `keepAlive` is called; `nil`, the default: never.
    static var keepAliveInterval: Duration? { get }
    /// Whether a session takes its place with its first audio, so that a client can ask what the server offers while all
    /// places are taken; by default it has its place when it begins.
    static var takesPlaceWithAudio: Bool { get }

    /// What the server sends first.
    mutating func open() -> [Reply]
    /// What the server sends while no audio comes: to a client that else gives the connection up, or what it owes.
    mutating func keepAlive() -> [Reply]
    /// Takes a message of the client.
    mutating func receive(_ message: LiveMessage) -> [LiveStep<Reply>]
    /// Takes an event of the conversation, at a Unix time in seconds. Of audio with several channels each has its events;
    /// the channel of others is 0.
    mutating func receive(_ event: ConversationEvent, on channel: Int, at timestamp: Double) -> [Reply]
    /// The close frame for an end; `nil` closes without one. Transports without close frames ignore it.
    func close(for reason: EndReason) -> WebSocketClose?
}

extension LiveProtocol {
    static var answersAudio: Bool { false }
    static var keepAliveInterval: Duration? { nil }
    static var takesPlaceWithAudio: Bool { false }

    func keepAlive() -> [Reply] { [] }

    func close(for reason: EndReason) -> WebSocketClose? { standardClose(for: reason) }

    /// The close codes of the gigastt contract, section 7.
    func standardClose(for reason: EndReason) -> WebSocketClose? {
        switch reason {
        case .stop: WebSocketClose(.normal, "")
        case .clientClosed(let code): WebSocketClose(echoing: code)
        case .disconnected: nil
        case .idle: WebSocketClose(.goingAway, "idle timeout")
        case .sessionLength: WebSocketClose(.policyViolation, "max session duration")
        case .pingTimeout: WebSocketClose(.goingAway, "ping timeout")
        case .shutdown: .serverShutdown
        case .violation(let close): close
        case .failed(let failure): failure.close ?? WebSocketClose(.internalError, "internal error")
        }
    }
}

/// One message, or for a transport without messages the next bytes of the stream.
enum LiveMessage: Sendable, Hashable {
    case text(String)
    case binary(ByteBuffer)
}

/// What a protocol sends.
protocol LiveReply: Sendable {
    /// The message on the wire.
    var message: LiveMessage { get }
    /// The code of the error that the message reports, for the metrics.
    var failureCode: String? { get }
    /// What a client that resumes its session gets again of it.
    var retention: ReplayRetention { get }
    /// The message of a session that can be resumed.
    func message(numbered number: Int) -> LiveMessage
}

extension LiveReply {
    var retention: ReplayRetention { .kept }
    func message(numbered number: Int) -> LiveMessage { message }
}

/// What follows from a message of the client, in order.
enum LiveStep<Reply: Sendable>: Sendable {
    case reply(Reply)
    case input(ConversationInput)
    /// What follows belongs to this call, with audio of so many channels; once in a session. The text then has another way out
    /// than the connection, so that the end of the connection is the end of the audio.
    case call(CallID, channels: Int = 1)
}
extension LiveStep: Equatable where Reply: Equatable {}

/// Carries the messages of one live session.
protocol LiveTransport: Sendable {
    associatedtype Reader: LiveReader

    /// What arrives; for one task.
    func makeReader() -> Reader
    /// Sends a message; returns whether the peer's system took it.
    func send(_ message: LiveMessage) async -> Bool
    /// The same, for what a protocol sends.
    func send(_ reply: some LiveReply) async -> Bool
    /// Sends a ping; returns `false` where none was sent, because earlier messages still wait.
    func ping() -> Bool
    /// Gives up a connection whose peer does not answer; returns whether the session goes on without one.
    func loseConnection() -> Bool
    /// Ends the reader after everything that has arrived.
    func stopReading()
    /// Ends the reader at once; what still arrives is dropped.
    func discardInbound()
    /// Calls `body` once when the connection is closed.
    func onClose(_ body: @escaping @Sendable () -> Void)
    /// Closes the connection, with a closing handshake where there is one.
    func close(_ close: WebSocketClose?) async
}

extension LiveTransport {
    func send(_ reply: some LiveReply) async -> Bool { await send(reply.message) }
    func loseConnection() -> Bool { false }
}

/// The receiving half of a transport.
protocol LiveReader {
    /// The next arrival; `nil` at the end of the client's data or after `stopReading`.
    ///
    /// - Throws: The close frame for a violation of the transport's rules.
    mutating func next() async throws(WebSocketClose) -> LiveInbound?
}

/// What arrives on a transport.
enum LiveInbound: Sendable, Hashable {
    case message(LiveMessage)
    /// A sign of life: a part of a message, which is data, or a control frame.
    case activity(isData: Bool)
    /// The client closes the connection.
    case close(code: UInt16?)
}
