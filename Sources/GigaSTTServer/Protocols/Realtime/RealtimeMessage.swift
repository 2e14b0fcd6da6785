import Foundation

/// A client event of OpenAI's Realtime interface, as far as transcription sessions have it.
struct RealtimeMessage: Sendable, Decodable {
    /// The name of the event.
    let type: String
    /// The client's name for it, repeated in an error.
    let eventID: String?
    let session: RealtimeSessionUpdate?
    /// Base64.
    let audio: String?

    private enum CodingKeys: String, CodingKey {
        case type, session, audio
        case eventID = "event_id"
    }

    /// Throws a failure that names the member at fault.
    static func read(_ text: String) throws(RealtimeFailure) -> RealtimeMessage {
        do {
            return try JSONDecoder().decode(RealtimeMessage.self, from: Data(text.utf8))
        } catch let failure as RealtimeFailure {
            throw failure
        } catch {
            throw RealtimeFailure(decoding: error, in: text)
        }
    }

    /// The client's name for an event that cannot be read otherwise.
    static func eventID(of text: String) -> String? {
        guard case .string(let id)? = JSONMembers(text)?.single("event_id") else { return nil }
        return id
    }
}

/// What a session is asked to be; a member that is `nil` keeps its value.
///
/// Both shapes are read: that of the released interface, with everything below `audio.input`, and the flat one of the
/// beta.
struct RealtimeSessionUpdate: Sendable, Hashable, Decodable {
    private(set) var format: RealtimeFormat?
    private(set) var turns: RealtimeTurns?
    private(set) var language: String?
    private(set) var phrases: [String]?
    private(set) var showsLogProbabilities: Bool?

    /// What `include` may list.
    static let logProbabilities = "item.input_audio_transcription.logprobs"

    init() {}

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Keys.self)
        if let type = try fields.decodeIfPresent(String.self, forKey: .type), type != "transcription" {
            throw RealtimeFailure(
                "invalid_value", "session.type must be \"transcription\": this server does not speak",
                at: "session.type")
        }
        if let name = try fields.decodeIfPresent(String.self, forKey: .inputAudioFormat) {
            format = try RealtimeFormat(betaName: name)
        }
        if fields.contains(.include) {
            let names = try fields.decodeIfPresent([String].self, forKey: .include) ?? []
            guard names.allSatisfy({ $0 == Self.logProbabilities }) else {
                throw RealtimeFailure(
                    "invalid_value", "include may list \(Self.logProbabilities)", at: "session.include")
            }
            showsLogProbabilities = !names.isEmpty
        }
        turns = try RealtimeTurns(in: fields, forKey: .turnDetection)
        try read(fields.decodeIfPresent(Transcription.self, forKey: .inputAudioTranscription))
        guard fields.contains(.audio), try !fields.decodeNil(forKey: .audio) else { return }
        let audio = try fields.nestedContainer(keyedBy: Keys.self, forKey: .audio)
        guard audio.contains(.input), try !audio.decodeNil(forKey: .input) else { return }
        let input = try audio.nestedContainer(keyedBy: Keys.self, forKey: .input)
        format = try input.decodeIfPresent(RealtimeFormat.self, forKey: .format) ?? format
        turns = try RealtimeTurns(in: input, forKey: .turnDetection) ?? turns
        try read(input.decodeIfPresent(Transcription.self, forKey: .transcription))
    }

    private mutating func read(_ transcription: Transcription?) {
        language = transcription?.language ?? transcription?.languages?.first ?? language
        phrases = transcription?.keywords ?? phrases
    }

    private struct Transcription: Decodable {
        let language: String?
        let languages: [String]?
        let keywords: [String]?
    }

    fileprivate enum Keys: String, CodingKey {
        case type, audio, input, format, transcription, include
        case turnDetection = "turn_detection"
        case inputAudioFormat = "input_audio_format"
        case inputAudioTranscription = "input_audio_transcription"
    }
}

/// The encoding of the audio.
struct RealtimeFormat: Sendable, Hashable, Decodable {
    let name: String
    let rate: Int

    static let pcm = RealtimeFormat(name: "audio/pcm", rate: 24_000)

    private init(name: String, rate: Int) { (self.name, self.rate) = (name, rate) }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Keys.self)
        let name = try fields.decode(String.self, forKey: .type)
        let isPCM = name == "audio/pcm"
        guard isPCM || name == "audio/pcmu" || name == "audio/pcma" else {
            throw RealtimeFailure(
                "invalid_value", "Unsupported audio format. Supported: audio/pcm, audio/pcmu, audio/pcma",
                at: "session.audio.input.format.type")
        }
        let rate = try fields.decodeIfPresent(Int.self, forKey: .rate) ?? (isPCM ? 24_000 : 8_000)
        guard isPCM ? (8_000...192_000).contains(rate) : rate == 8_000 else {
            throw RealtimeFailure(
                "invalid_value", "Unsupported rate. audio/pcm has 24000 Hz, audio/pcmu and audio/pcma have 8000 Hz",
                at: "session.audio.input.format.rate")
        }
        self.init(name: name, rate: rate)
    }

    /// A name of the beta.
    fileprivate init(betaName: String) throws {
        switch betaName {
        case "pcm16": self = .pcm
        case "g711_ulaw": self.init(name: "audio/pcmu", rate: 8_000)
        case "g711_alaw": self.init(name: "audio/pcma", rate: 8_000)
        default:
            throw RealtimeFailure(
                "invalid_value", "Unsupported audio format. Supported: pcm16, g711_ulaw, g711_alaw",
                at: "session.input_audio_format")
        }
    }

    /// The name in the beta's shape.
    var betaName: String {
        switch name {
        case "audio/pcmu": "g711_ulaw"
        case "audio/pcma": "g711_alaw"
        default: "pcm16"
        }
    }

    private enum Keys: String, CodingKey { case type, rate }
}

/// What ends a turn of speech.
enum RealtimeTurns: Sendable, Hashable {
    /// `input_audio_buffer.commit`.
    case manual
    /// Milliseconds of silence.
    case silence(Int)
    /// As soon as the words suggest it; this server waits for a silence that depends on the eagerness.
    case semantic(eagerness: String)

    static let `default` = RealtimeTurns.silence(500)

    /// `nil` when the member is absent; JSON's `null` means `manual`.
    fileprivate init?(
        in fields: KeyedDecodingContainer<RealtimeSessionUpdate.Keys>, forKey key: RealtimeSessionUpdate.Keys
    ) throws {
        guard fields.contains(key) else { return nil }
        if try fields.decodeNil(forKey: key) {
            self = .manual
            return
        }
        let detection = try fields.nestedContainer(keyedBy: Keys.self, forKey: key)
        switch try detection.decodeIfPresent(String.self, forKey: .type) ?? "server_vad" {
        case "server_vad":
            let milliseconds = try detection.decodeIfPresent(Double.self, forKey: .silence) ?? 500
            self = .silence(Int(min(max(milliseconds, 80), 60_000).rounded()))
        case "semantic_vad":
            let eagerness = try detection.decodeIfPresent(String.self, forKey: .eagerness) ?? "auto"
            guard Self.silences[eagerness] != nil else {
                throw RealtimeFailure(
                    "invalid_value", "eagerness must be low, medium, high or auto",
                    at: "session.turn_detection.eagerness")
            }
            self = .semantic(eagerness: eagerness)
        default:
            throw RealtimeFailure(
                "invalid_value", "turn_detection.type must be server_vad or semantic_vad",
                at: "session.turn_detection.type")
        }
    }

    /// The silence that ends a turn; `nil` when none does.
    var silence: Duration? {
        switch self {
        case .manual: nil
        case .silence(let milliseconds): .milliseconds(milliseconds)
        case .semantic(let eagerness): .milliseconds(Self.silences[eagerness] ?? 700)
        }
    }

    private static let silences = ["low": 1_500, "medium": 700, "auto": 700, "high": 300]

    private enum Keys: String, CodingKey {
        case type, eagerness
        case silence = "silence_duration_ms"
    }
}

/// An `error` event; the session goes on.
struct RealtimeFailure: Error, Sendable, Hashable {
    let code: String
    let message: String
    /// The member at fault.
    let parameter: String?

    init(_ code: String, _ message: String, at parameter: String? = nil) {
        (self.code, self.message, self.parameter) = (code, message, parameter)
    }

    /// What a decoder found; only names of members are repeated.
    init(decoding error: any Error, in text: String) {
        let path: [any CodingKey]
        switch error {
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            path = context.codingPath
        case DecodingError.keyNotFound(let key, let context): path = context.codingPath + [key]
        default: path = []
        }
        let name = path.map(\.stringValue).joined(separator: ".")
        // A number that does not fit is reported without its member.
        if path.isEmpty, JSONMembers(text) == nil {
            self.init("invalid_json", "The message is not a JSON object")
        } else {
            self.init(
                "invalid_type", "A member is missing or has a value of the wrong type",
                at: name.isEmpty ? nil : String(name.prefix(64)))
        }
    }
}
