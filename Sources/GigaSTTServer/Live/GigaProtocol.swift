import GigaSTT

/// gigastt protocol 1.0 of one live session as a machine: messages, events and timers in, actions out.
///
/// It owns no socket and no stream. States: fresh (may be configured) → streaming (has received audio) → ended; from
/// each to ended. Once it has ended, only events of the last utterances and failures get an answer.
struct GigaProtocol: Sendable {
    /// The version that clients may ask for.
    static let version = "1.0"
    /// Empty binary messages that a session may send (gigastt 2.3 contract).
    static let emptyMessageLimit = 1_000
    /// Streams in a row that may fail before the session does.
    static let failureLimit = 3

    /// What the driver is to do, in order.
    enum Action: Sendable, Hashable {
        case send(ServerMessage)
        /// Open a stream for audio at this rate.
        case begin(sampleRate: Int, LiveOptions)
        /// Give the stream the message at hand.
        case feed
        /// Open a stream in place of the one that failed.
        case reopen(LiveOptions)
        case end(SessionEnding)
    }

    private enum Phase { case fresh, streaming, ended }

    private let settings: SessionSettings
    private let model: String
    private var phase = Phase.fresh
    private var sampleRate = ServerMessage.defaultSampleRate
    private var endpointMode: EndpointMode
    private var silence: Duration
    private var emptyMessageCount = 0
    private var failureCount = 0
    private var isPartialShown = false

    init(settings: SessionSettings, model: String) {
        self.settings = settings
        self.model = model
        endpointMode = settings.endpointMode
        silence = settings.silence
    }

    /// The first message.
    var ready: ServerMessage {
        .ready(
            .init(
                model: model, lengthLimit: Int(settings.lengthLimit.components.seconds),
                idleTimeout: Int(settings.idleTimeout.components.seconds)))
    }

    /// How the audio is to be recognised.
    private var options: LiveOptions {
        var options = LiveOptions()
        options.endpointing = endpointMode.endpointing(silence: silence, hasModel: settings.usesVoiceActivityModel)
        return options
    }

    private mutating func end(
        _ close: WebSocketClose, after message: ServerMessage? = nil, fresh: SessionEnding.Rest,
        streaming: SessionEnding.Rest
    ) -> [Action] {
        guard phase != .ended else { return [] }
        let rest = phase == .fresh ? fresh : streaming
        phase = .ended
        return (message.map { [.send($0)] } ?? []) + [.end(SessionEnding(rest: rest, close: close))]
    }
}

// MARK: - From the client

extension GigaProtocol {
    /// Takes a text message.
    mutating func receive(text: String) -> [Action] {
        guard phase != .ended else { return [] }
        switch ClientMessage(text) {
        case .unknown: return []
        case .stop: return end(WebSocketClose(.normal, ""), fresh: .empty, streaming: .decoded)
        case .configure(let fields): return phase == .fresh ? configure(fields) : [.send(.configureTooLate)]
        case .malformedConfigure(let field):
            return [.send(phase == .fresh ? .invalidConfigure(field: field) : .configureTooLate)]
        }
    }

    /// Takes a binary message.
    mutating func receive(binaryByteCount count: Int) -> [Action] {
        guard phase != .ended else { return [] }
        if count > 0 {
            defer { phase = .streaming }
            return phase == .fresh ? [.begin(sampleRate: sampleRate, options), .feed] : [.feed]
        }
        emptyMessageCount += 1
        guard emptyMessageCount > Self.emptyMessageLimit else { return [] }
        return end(
            WebSocketClose(.policyViolation, "policy violation"), after: .tooManyEmptyMessages, fresh: .dropped,
            streaming: .dropped)
    }

    /// Takes the client's close frame.
    mutating func receive(closeCode: UInt16?) -> [Action] {
        end(WebSocketClose(echoing: closeCode), fresh: .dropped, streaming: .decoded)
    }

    /// The client broke the rules of RFC 6455 or sent too much.
    mutating func violated(_ close: WebSocketClose) -> [Action] {
        end(close, fresh: .dropped, streaming: close.code == WebSocketClose.Code.tooBig.rawValue ? .decoded : .dropped)
    }

    private mutating func configure(_ fields: ClientMessage.Configure) -> [Action] {
        if let version = fields.protocolVersion, version != Self.version {
            return end(
                WebSocketClose(.policyViolation, "unsupported protocol version"), after: .unsupportedVersion(version),
                fresh: .dropped, streaming: .dropped)
        }
        var answers: [Action] = []
        if let rate = fields.sampleRate {
            if PCMFormat.sampleRates.contains(Int(rate)) {
                sampleRate = Int(rate)
            } else {
                answers.append(.send(.invalidSampleRate(rate)))
            }
        }
        if let name = fields.endpointMode {
            guard let mode = EndpointMode(name: name) else { return answers + [.send(.invalidEndpointMode(name))] }
            endpointMode = mode
        }
        if let milliseconds = fields.minimumSilence {
            silence = .milliseconds(min(max(milliseconds, 80), 60_000))
        }
        return answers
    }
}

// MARK: - From the engine

extension GigaProtocol {
    /// Takes an event of a stream that began `offset` seconds into the session, at a Unix time in seconds.
    mutating func receive(_ event: LiveEvent, offset: Double, at timestamp: Double) -> ServerMessage? {
        switch event {
        case .speechStarted, .speechStopped, .flushed: return nil
        case .partial(let partial):
            // An empty partial only takes back one that is shown.
            guard isPartialShown || !partial.words.isEmpty else { return nil }
            isPartialShown = !partial.words.isEmpty
            return .partial(
                .init(text: partial.text, words: partial.words.shifted(by: offset), timestamp: timestamp))
        case .final(let segment):
            failureCount = 0
            let spoken = ServerMessage.Spoken(
                text: segment.text, words: segment.words.shifted(by: offset), timestamp: timestamp)
            defer { isPartialShown = false }
            if segment.endpoint == .endOfInput || !segment.words.isEmpty {
                return .final(spoken, reason: reason(segment.endpoint))
            }
            // Blank finals are for the end only: what is shown is taken back by a blank partial.
            return isPartialShown ? .partial(spoken) : nil
        }
    }

    /// The final of a session without audio.
    func emptyFinal(at timestamp: Double) -> ServerMessage {
        .final(.init(text: "", words: [], timestamp: timestamp), reason: "stop")
    }

    /// A stream ended with an error.
    mutating func failed(_ error: any Error) -> [Action] {
        if error is CancellationError { return [] }
        let failure = WireFailure(error)
        let message = ServerMessage.error(
            code: failure.code, message: failure.message, retryAfterMilliseconds: failure.retryAfterMilliseconds)
        failureCount += 1
        if failure.close == nil, phase == .streaming, failureCount < Self.failureLimit {
            isPartialShown = false
            return [.send(message), .reopen(options)]
        }
        phase = .ended
        let close = failure.close ?? WebSocketClose(.internalError, "internal error")
        return [.send(message), .end(SessionEnding(rest: .dropped, close: close))]
    }

    /// The protocol has three words for the end of an utterance; what ends a long one counts as a pause.
    private func reason(_ endpoint: EndpointReason) -> String {
        switch endpoint {
        case .flush, .endOfInput: "stop"
        case .blankRun: "blank"
        case .silence, .maximumLength: settings.usesVoiceActivityModel ? "vad" : "blank"
        }
    }
}

// MARK: - From the server

extension GigaProtocol {
    /// A timer ran out.
    mutating func receive(_ expiry: SessionTimers.Expiry) -> [Action] {
        switch expiry {
        case .ping: []
        case .idle:
            end(WebSocketClose(.goingAway, "idle timeout"), after: .idleTimeout, fresh: .dropped, streaming: .decoded)
        case .sessionLength:
            end(
                WebSocketClose(.policyViolation, "max session duration"), after: .sessionTooLong, fresh: .empty,
                streaming: .decoded)
        case .peerSilent:
            end(WebSocketClose(.goingAway, "ping timeout"), fresh: .dropped, streaming: .decoded)
        }
    }

    /// The server is about to stop.
    mutating func shutDown() -> [Action] { end(.serverShutdown, fresh: .empty, streaming: .decoded) }
}

extension [Word] {
    fileprivate func shifted(by offset: Double) -> [Word] {
        guard offset != 0 else { return self }
        return map { word in
            var word = word
            // On the grid of encoder frames sums of two doubles would show their rounding.
            word.start = ((word.start + offset) * 1_000).rounded() / 1_000
            word.end = ((word.end + offset) * 1_000).rounded() / 1_000
            return word
        }
    }
}
