import GigaSTT
import NIOCore

/// gigastt protocols 1.0 and 1.2 as a machine: texts and PCM16 in, JSON messages out.
///
/// States: fresh (may be configured) → streaming (has received audio); stopped after `stop` or a violation, when messages
/// are ignored.
struct GigaProtocol: LiveProtocol {
    typealias Step = LiveStep<ServerMessage>

    static let name = "gigastt"

    /// The version that is spoken: 1.0 and additional members, which clients of 1.0 ignore.
    static let version = "1.2"
    /// The oldest version whose clients are served.
    static let leastVersion = "1.0"
    /// The versions that clients may ask for.
    static let acceptedVersions = [leastVersion, version]
    /// Longest identifier of a marker in UTF-8 bytes, and markers that may wait for their echo.
    static let markerByteLimit = 128
    static let markerLimit = 64
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
    private var reportsSpeech = false
    /// Markers that wait for their echo, by the number of their flush.
    private var markers: [Int: String] = [:]
    private var lastMarker = 0
    private var end: EndReason?
    private var isResumable = false
    private var receivedByteCount = 0
    private var acknowledgedByteCount = 0

    private let hasSpeakers: Bool
    private let hasPunctuation: Bool
    private let usesVoiceActivityModel: Bool
    private let hotwordNote: @Sendable (RecognitionRequest) -> HotwordNote?
    private let enableResume: @Sendable () -> ResumeGrant?

    /// - Parameters:
    ///   - usesVoiceActivityModel: Whether a model finds the speech; else its energy does.
    ///   - hotwordNote: Which phrases of a request the model cannot write.
    ///   - enableResume: Lets the client resume the session; `nil` where that is not possible.
    init(
        settings: SessionSettings, model: String, hasSpeakers: Bool = false, hasPunctuation: Bool = false,
        usesVoiceActivityModel: Bool = false,
        hotwordNote: @escaping @Sendable (RecognitionRequest) -> HotwordNote? = { _ in nil },
        enableResume: @escaping @Sendable () -> ResumeGrant? = { nil }
    ) {
        self.settings = settings
        self.model = model
        self.hasSpeakers = hasSpeakers
        self.hasPunctuation = hasPunctuation
        self.usesVoiceActivityModel = usesVoiceActivityModel
        self.hotwordNote = hotwordNote
        self.enableResume = enableResume
    }

    func open() -> [ServerMessage] {
        [
            .ready(
                .init(
                    model: model, lengthLimit: Int(settings.maximumDuration.components.seconds),
                    idleTimeout: Int(settings.idleTimeout.components.seconds), hasSpeakers: hasSpeakers,
                    hasPunctuation: hasPunctuation))
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
            receivedByteCount += content.readableBytes
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
        case .marker(let identifier): return mark(identifier)
        }
    }

    private mutating func receiveEmpty() -> [Step] {
        emptyMessageCount += 1
        guard emptyMessageCount > Self.emptyMessageLimit else { return [] }
        return [.reply(.tooManyEmptyMessages)] + stop(.violation(.init(.policyViolation, "policy violation")))
    }

    /// A marker ends the open utterance, so that everything before it is decided.
    private mutating func mark(_ identifier: String?) -> [Step] {
        guard let identifier, identifier.utf8.count <= Self.markerByteLimit else { return [.reply(.invalidMarker)] }
        guard markers.count < Self.markerLimit else { return [.reply(.tooManyMarkers)] }
        lastMarker += 1
        markers[lastMarker] = identifier
        return [.input(.flush(lastMarker))]
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
        if let version = fields.protocolVersion, !Self.acceptedVersions.contains(version) {
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
        if fields.recognition.hotwords != recognition.hotwords, let note = hotwordNote(fields.recognition) {
            answers.append(.reply(.note(note)))
        }
        if fields.isResumable == true { answers.append(.reply(makeResumable())) }
        recognition = fields.recognition
        reportsSpeech = fields.reportsSpeech ?? reportsSpeech
        if let name = fields.endpointMode {
            guard let mode = EndpointMode(name: name) else { return answers + [.reply(.invalidEndpointMode(name))] }
            recognition.endpointMode = mode
        }
        if let milliseconds = fields.minimumSilence {
            recognition.silence = .milliseconds(min(max(milliseconds, 80), 60_000))
        }
        if fields.protocolVersion == Self.version { recognition.commitPolicy = recognition.commitPolicy ?? .auto }
        if let name = fields.commitPolicy {
            guard let policy = CommitPolicy(name: name) else { return answers + [.reply(.invalidCommitPolicy(name))] }
            recognition.commitPolicy = policy
        }
        return answers
    }
}

// MARK: - Resume

extension GigaProtocol {
    private mutating func makeResumable() -> ServerMessage {
        guard let grant = enableResume() else { return .resumeUnavailable }
        isResumable = true
        return .resumable(grant)
    }

    /// Says once for each second of audio how much was received, so that the client need not hold it any longer.
    private mutating func acknowledgement() -> [ServerMessage] {
        guard isResumable, receivedByteCount - acknowledgedByteCount >= 2 * sampleRate else { return [] }
        acknowledgedByteCount = receivedByteCount
        return [.acknowledged(audioByteCount: receivedByteCount)]
    }
}

// MARK: - From the conversation

extension GigaProtocol {
    mutating func receive(_ event: ConversationEvent, on channel: Int, at timestamp: Double) -> [ServerMessage] {
        switch event {
        case .audioTaken: return acknowledgement()
        case .speechStarted(let time): return reportsSpeech ? [.speechStarted(at: time)] : []
        case .speechStopped(let time): return reportsSpeech ? [.speechStopped(at: time)] : []
        case .speakers(let spans, let names): return [.speakers(spans, names: names)]
        case .speakersUnavailable: return [.speakersUnavailable]
        case .flushed(let number): return markers.removeValue(forKey: number).map { [.marker($0)] } ?? []
        case .partial(let partial):
            // An empty partial only takes back one that is shown.
            guard isPartialShown || !partial.words.isEmpty else { return [] }
            isPartialShown = !partial.words.isEmpty
            return [
                .partial(
                    .init(
                        text: partial.text, words: partial.words, timestamp: timestamp,
                        committed: recognition.commitsPartials ? partial.committedText : ""))
            ]
        case .final(let segment):
            let utterance = ServerMessage.Utterance(
                text: segment.text, words: segment.words, timestamp: timestamp, committed: segment.text,
                spans: recognition.spans == true ? segment.spans : nil, masked: segment.masked,
                alternatives: segment.alternatives, lacksSpeakers: recognition.speakers == true && !hasSpeakers)
            defer { isPartialShown = false }
            if segment.endpoint == .endOfInput || !segment.words.isEmpty {
                let isTruncated = segment.endpoint == .endOfInput && (end == .shutdown || end == .sessionLength)
                let ending = ServerMessage.Ending(
                    reason: reason(segment.endpoint), isCut: segment.endpoint == .maximumLength,
                    isTruncated: isTruncated)
                return [.final(utterance, ending)]
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
        case .ended: return []
        case .ending(let reason):
            end = reason
            return switch reason {
            case .idle: [.idleTimeout]
            case .sessionLength: [.sessionTooLong]
            default: []
            }
        }
    }

    /// The protocol has three words for the end of an utterance. A long one is cut where the words have a gap.
    private func reason(_ endpoint: EndpointReason) -> String {
        switch endpoint {
        case .flush, .endOfInput: "stop"
        case .blankRun, .maximumLength: "blank"
        case .silence: usesVoiceActivityModel ? "vad" : "blank"
        }
    }
}
