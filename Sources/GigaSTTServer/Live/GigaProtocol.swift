import GigaSTT
import NIOCore

/// gigastt protocol 1.0 as a machine: texts and PCM16 in, JSON messages out.
///
/// States: fresh (may be configured) → streaming (has received audio); stopped after `stop` or a violation, when messages
/// are ignored.
struct GigaProtocol: LiveProtocol {
    typealias Step = LiveStep<ServerMessage>

    static let name = "gigastt"

    /// The version that clients may ask for.
    static let version = "1.0"
    /// Empty binary messages that a session may send (gigastt 2.3 contract).
    static let emptyMessageLimit = 1_000

    private enum Phase { case fresh, streaming, stopped }

    private let settings: SessionSettings
    private let model: String
    private var phase = Phase.fresh
    private var sampleRate = ServerMessage.defaultSampleRate
    private var recognition = RecognitionRequest()
    private var emptyMessageCount = 0
    private var isPartialShown = false

    init(settings: SessionSettings, model: String) {
        self.settings = settings
        self.model = model
    }

    func open() -> [ServerMessage] {
        [
            .ready(
                .init(
                    model: model, lengthLimit: Int(settings.lengthLimit.components.seconds),
                    idleTimeout: Int(settings.idleTimeout.components.seconds)))
        ]
    }
}

// MARK: - From the client

extension GigaProtocol {
    mutating func receive(_ message: LiveMessage) -> [Step] {
        if phase == .stopped { return [] }
        switch message {
        case .text(let text): return receive(ClientMessage(text, updating: recognition))
        case .binary(let content) where content.readableBytes == 0: return receiveEmpty()
        case .binary(let content):
            defer { phase = .streaming }
            return (phase == .fresh ? begin() : []) + [.input(.audio(content))]
        }
    }

    private mutating func receive(_ message: ClientMessage) -> [Step] {
        switch message {
        case .unknown: return []
        case .stop: return stop(.stop)
        case .configure(let fields): return phase == .fresh ? configure(fields) : [.reply(.configureTooLate)]
        case .malformedConfigure(let field):
            return [.reply(phase == .fresh ? .invalidConfigure(field: field) : .configureTooLate)]
        }
    }

    private mutating func receiveEmpty() -> [Step] {
        emptyMessageCount += 1
        guard emptyMessageCount > Self.emptyMessageLimit else { return [] }
        return [.reply(.tooManyEmptyMessages)] + stop(.violation(.init(.policyViolation, "policy violation")))
    }

    private mutating func stop(_ reason: EndReason) -> [Step] {
        phase = .stopped
        return [.input(.end(reason))]
    }

    /// Opens the audio with what was configured.
    private func begin() -> [Step] {
        // `configure` admits no other rates than the converter.
        guard let format = try? PCMFormat.pcm16(sampleRate: sampleRate) else { return [] }
        return [.input(.begin(format, recognition))]
    }

    private mutating func configure(_ fields: ClientMessage.Configure) -> [Step] {
        if let version = fields.protocolVersion, version != Self.version {
            return [.reply(.unsupportedVersion(version))]
                + stop(.violation(.init(.policyViolation, "unsupported protocol version")))
        }
        var answers: [Step] = []
        if let rate = fields.sampleRate {
            if PCMFormat.sampleRates.contains(Int(rate)) {
                sampleRate = Int(rate)
            } else {
                answers.append(.reply(.invalidSampleRate(rate)))
            }
        }
        recognition = fields.recognition
        if let name = fields.endpointMode {
            guard let mode = EndpointMode(name: name) else { return answers + [.reply(.invalidEndpointMode(name))] }
            recognition.endpointMode = mode
        }
        if let milliseconds = fields.minimumSilence {
            recognition.silence = .milliseconds(min(max(milliseconds, 80), 60_000))
        }
        return answers
    }
}

// MARK: - From the conversation

extension GigaProtocol {
    mutating func receive(_ event: ConversationEvent, at timestamp: Double) -> [ServerMessage] {
        switch event {
        case .speechStarted, .speechStopped, .flushed, .audioTaken: return []
        case .partial(let partial):
            // An empty partial only takes back one that is shown.
            guard isPartialShown || !partial.words.isEmpty else { return [] }
            isPartialShown = !partial.words.isEmpty
            return [.partial(.init(text: partial.text, words: partial.words, timestamp: timestamp))]
        case .final(let segment):
            let utterance = ServerMessage.Utterance(
                text: segment.text, words: segment.words, timestamp: timestamp,
                spans: recognition.spans == true ? segment.spans : nil)
            defer { isPartialShown = false }
            if segment.endpoint == .endOfInput || !segment.words.isEmpty {
                return [.final(utterance, reason: reason(segment.endpoint))]
            }
            // Blank finals are for the end only: what is shown is taken back by a blank partial.
            return isPartialShown ? [.partial(utterance)] : []
        case .failed(let failure):
            isPartialShown = false
            return [
                .error(
                    code: failure.code, message: failure.message,
                    retryAfterMilliseconds: failure.retryAfterMilliseconds)
            ]
        case .ending(.idle): return [.idleTimeout]
        case .ending(.sessionLength): return [.sessionTooLong]
        case .ending: return []
        }
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
