import GigaSTT
import STTValues

/// A message of the server (gigastt protocol 1.2), with the member order and the digits of the contract. The members of
/// protocol 1.0 come first and have its values.
enum ServerMessage: Sendable, Hashable {
    /// The first message: model, formats and limits.
    struct Ready: Sendable, Hashable {
        let model: String
        let lengthLimit: Int
        let idleTimeout: Int
        var hasSpeakers = false
        var hasPunctuation = false
    }

    /// The words since the last final.
    struct Utterance: Sendable, Hashable {
        let text: String
        let words: [Word]
        /// Unix time in seconds.
        let timestamp: Double
        /// The beginning of `text` that will not change.
        var committed = ""
        /// Which words each part of the text was made of, where the client asked for it.
        var spans: [TextSpan]?
        /// What is masked, where masking was asked for.
        var masked: [MaskedSpan]?
        /// The readings of a final, the best first, where the client asked for several.
        var alternatives: [Alternative]?
        /// Whether the client asked for speakers and there is no model for them.
        var lacksSpeakers = false
    }

    /// What only a final has.
    struct Ending: Sendable, Hashable {
        /// What ended the utterance.
        let reason: String
        /// Whether the speech goes on: a long utterance was cut.
        var isCut = false
        /// Whether the server ended the session while audio was still to come.
        var isTruncated = false
    }

    case ready(Ready)
    case partial(Utterance)
    case final(Utterance, Ending)
    /// Speech began or ended at this second of the session.
    case speechStarted(at: Double)
    case speechStopped(at: Double)
    /// Everything before the client's marker with this identifier is decided.
    case marker(String)
    /// Who said words of finals that were sent before, and the names of all speakers where they have changed.
    case speakers([SpeakerSpan], names: [SpeakerName]? = nil)
    /// The speaker model failed; no `speakers` follow.
    case speakersUnavailable
    /// The client's phrases that the model cannot write.
    case note(HotwordNote)
    /// The client can resume the session.
    case resumable(ResumeGrant)
    /// Audio that the client need not hold any longer.
    case acknowledged(audioByteCount: Int)
    /// The session goes on: what was received of the client.
    case resumed(ResumeMachine.Position)
    case error(code: String, message: String, retryAfterMilliseconds: UInt32? = nil)

    /// The sample rate in Hz until the client configures another.
    static let defaultSampleRate = 48_000

    /// The message as JSON.
    var json: JSONValue {
        switch self {
        case .ready(let ready): Self.json(ready)
        case .partial(let utterance): Self.json(utterance, type: "partial", nil)
        case .final(let utterance, let ending): Self.json(utterance, type: "final", ending)
        case .speechStarted(let time): ["type": "speech_started", "time": .number(time)]
        case .speechStopped(let time): ["type": "speech_stopped", "time": .number(time)]
        case .marker(let identifier): ["type": "marker", "id": .string(identifier)]
        case .speakers(let spans, let names):
            [
                "type": "speakers", "spans": .array(spans.map(Self.json)),
                "names": names.map { .array($0.map(\.json)) },
            ]
        case .speakersUnavailable:
            ["type": "speakers", "spans": [], "diarization": WireTranscript.failedSpeakers]
        case .note(let note): note.messageJSON
        case .resumable(let grant):
            [
                "type": "resumable", "token": .string(grant.token),
                "window_secs": .integer(grant.window.components.seconds),
            ]
        case .acknowledged(let count): ["type": "ack", "audio_bytes": .integer(count)]
        case .resumed(let position):
            [
                "type": "resumed", "audio_bytes": .integer(position.audioByteCount),
                "messages": .integer(position.textCount),
            ]
        case .error(let code, let message, let retry):
            [
                "type": "error", "message": .string(message), "code": .string(code),
                "retry_after_ms": retry.map { .integer($0) },
            ]
        }
    }

    private static func json(_ span: SpeakerSpan) -> JSONValue {
        ["start": .number(span.start), "end": .number(span.end), "speaker": .integer(span.speaker)]
    }

    private static func json(_ ready: Ready) -> JSONValue {
        [
            "type": "ready", "model": .string(ready.model), "sample_rate": .integer(defaultSampleRate),
            "version": .string(GigaProtocol.version),
            "supported_rates": .array(PCMFormat.sampleRates.map { .integer($0) }),
            "diarization": ready.hasSpeakers ? true : nil, "punctuation": ready.hasPunctuation ? true : nil,
            "min_protocol_version": .string(GigaProtocol.leastVersion),
            "max_session_secs": .integer(ready.lengthLimit), "idle_timeout_secs": .integer(ready.idleTimeout),
        ]
    }

    private static func json(_ utterance: Utterance, type: String, _ ending: Ending?) -> JSONValue {
        let tentative = utterance.text.dropFirst(utterance.committed.count)
        return [
            "type": .string(type), "text": .string(utterance.text), "words": .array(utterance.words.map(\.wireJSON)),
            "is_final": .boolean(ending != nil), "timestamp": .number(utterance.timestamp),
            "speech_final": ending?.isCut == false ? true : nil, "endpoint_reason": ending.map { .string($0.reason) },
            "confidence": utterance.words.meanConfidence.map { .number(Float($0)) },
            "committed": .string(utterance.committed), "tentative": .string(tentative),
            "truncated": ending?.isTruncated == true ? true : nil,
            "spans": utterance.spans.map(\.wireJSON), "masked": utterance.masked.map(\.wireJSON),
            "alternatives": utterance.alternatives.map(\.wireJSON),
            "diarization": ending != nil && utterance.lacksSpeakers ? WireTranscript.missingSpeakers : nil,
        ]
    }
}

extension ServerMessage: LiveReply {
    var message: LiveMessage { .text(json.description) }

    func message(numbered number: Int) -> LiveMessage {
        .text(json.adding("seq", .integer(number)).description)
    }

    var retention: ReplayRetention {
        switch self {
        case .partial: .latest
        case .acknowledged, .resumed: .none
        default: .kept
        }
    }

    var failureCode: String? {
        guard case .error(let code, _, _) = self else { return nil }
        return code
    }
}
