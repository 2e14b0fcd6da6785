import GigaSTT
import STTValues

/// The session object of OpenAI's Realtime interface.
struct RealtimeSession: Sendable, Hashable {
    /// Which generation of the interface the client speaks.
    enum Shape: Sendable, Hashable { case released, beta }

    let id: String
    /// The model that serves, whatever the client asks for.
    let model: String
    /// Unix time in seconds.
    let expiry: Int
    private(set) var format = RealtimeFormat.pcm
    private(set) var turns = RealtimeTurns.default
    private(set) var language = "ru"
    private(set) var phrases: [String] = []
    /// Whether `completed` says how sure each word is.
    private(set) var showsLogProbabilities = false

    init(id: String, model: String, expiry: Int) { (self.id, self.model, self.expiry) = (id, model, expiry) }

    /// Takes over what is set.
    mutating func apply(_ update: RealtimeSessionUpdate) {
        format = update.format ?? format
        turns = update.turns ?? turns
        language = update.language ?? language
        phrases = update.phrases ?? phrases
        showsLogProbabilities = update.showsLogProbabilities ?? showsLogProbabilities
    }

    /// Whether the audio that has been taken was recognised as this session describes.
    func isRecognised(as other: RealtimeSession) -> Bool {
        format == other.format && turns == other.turns && phrases == other.phrases
    }

    /// How the audio arrives; `nil` never, because every format that is read is supported.
    var pcmFormat: PCMFormat? {
        let codec: HeaderlessEncoding.Codec =
            switch format.name {
            case "audio/pcmu": .ulaw
            case "audio/pcma": .alaw
            default: .slin
            }
        return (try? HeaderlessEncoding(codec: codec, sampleRate: format.rate)).flatMap {
            try? PCMFormat.headerless($0)
        }
    }

    var recognition: RecognitionRequest {
        var request = RecognitionRequest()
        // Deltas are committed text.
        request.commitPolicy = .auto
        request.silence = turns.silence
        request.endpointMode = turns.silence == nil ? .manual : nil
        request.hotwords = phrases.isEmpty ? nil : RecognitionRequest.preferable(phrases)
        return request
    }

    func json(_ shape: Shape) -> JSONValue { .object(members(shape)) }

    /// The members of the object.
    func members(_ shape: Shape) -> [(String, JSONValue?)] {
        let include: JSONValue =
            showsLogProbabilities ? [.string(RealtimeSessionUpdate.logProbabilities)] : .null
        let transcription: JSONValue = ["model": .string(model), "language": .string(language), "prompt": ""]
        let head: [(String, JSONValue?)] = [
            ("id", .string(id)), ("object", "realtime.transcription_session"), ("expires_at", .integer(expiry)),
        ]
        switch shape {
        case .released:
            let rate: JSONValue? = format.name == "audio/pcm" ? .integer(format.rate) : nil
            let input: JSONValue = [
                "format": ["type": .string(format.name), "rate": rate], "transcription": transcription,
                "noise_reduction": .null, "turn_detection": turns.json,
            ]
            let audio: JSONValue = ["input": input]
            let type: JSONValue = "transcription"
            return [("type", type)] + head + [("audio", audio), ("include", include)]
        case .beta:
            let rest: [(String, JSONValue?)] = [
                ("input_audio_format", .string(format.betaName)), ("input_audio_transcription", transcription),
                ("turn_detection", turns.json), ("input_audio_noise_reduction", .null), ("include", include),
            ]
            return head + rest
        }
    }
}

extension RealtimeTurns {
    fileprivate var json: JSONValue {
        switch self {
        case .manual: .null
        case .silence(let milliseconds):
            [
                "type": "server_vad", "threshold": .number(0.5), "prefix_padding_ms": 300,
                "silence_duration_ms": .integer(milliseconds),
            ]
        case .semantic(let eagerness): ["type": "semantic_vad", "eagerness": .string(eagerness)]
        }
    }
}
