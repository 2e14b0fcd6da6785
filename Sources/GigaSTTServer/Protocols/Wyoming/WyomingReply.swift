import GigaSTT
import NIOCore
import STTValues

/// An event of the server. All its data is in its line, as every version of the protocol reads it.
struct WyomingReply: LiveReply, Hashable {
    static let version = "1.9.0"

    let type: String
    let data: JSONValue
    var failureCode: String?

    init(_ type: String, _ data: JSONValue = [:], failureCode: String? = nil) {
        (self.type, self.data, self.failureCode) = (type, data, failureCode)
    }

    static func error(_ text: String, code: String) -> WyomingReply {
        WyomingReply("error", ["text": .string(text), "code": .string(code)], failureCode: code)
    }

    var json: JSONValue { ["type": .string(type), "version": .string(Self.version), "data": data] }

    var message: LiveMessage { .binary(ByteBuffer(string: json.description + "\n")) }
}

/// What `info` says about the server and its model.
struct WyomingProgram: Sendable, Hashable {
    let version: String
    let model: String
    let languages: [String]

    var info: WyomingReply {
        let attribution: JSONValue = ["name": "GigaAM", "url": "https://github.com/salute-developers/GigaAM"]
        let model: JSONValue = [
            "name": .string(model), "attribution": attribution, "installed": true,
            "description": "Speech-to-text model", "version": "3",
            "languages": .array(languages.map { .string($0) }),
        ]
        let program: JSONValue = [
            "name": "gigastt", "attribution": attribution, "installed": true, "description": "Speech-to-text server",
            "version": .string(version), "models": [model], "supports_transcript_streaming": true,
            "requires_external_vad": true, "prefers_auto_gain_enabled": false,
            "prefers_noise_reduction_enabled": false,
        ]
        let empty = ["tts", "handle", "intent", "wake", "mic", "snd"].map { ($0, [] as JSONValue?) }
        return WyomingReply("info", .object([("asr", [program])] + empty))
    }
}

extension WyomingProgram {
    /// The server with its model.
    init(_ start: LiveStart) {
        let head = start.recognizer.head
        let isMultilingual = head == .multilingualCTC || head == .multilingualLargeCTC
        self.init(
            version: start.settings.version, model: start.recognizer.modelIdentifier,
            languages: isMultilingual ? ["ru", "en", "kk", "ky", "uz"] : ["ru"])
    }
}
