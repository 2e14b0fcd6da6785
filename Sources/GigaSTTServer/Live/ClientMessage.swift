/// A text message of a client (gigastt protocol 1.2).
enum ClientMessage: Sendable, Hashable {
    case stop
    case configure(Configure)
    /// A `configure` that cannot be applied, with the field at fault where it is one of the protocol.
    case malformedConfigure(field: String?)
    /// Asks for an echo when everything before it is decided; `nil`: its identifier cannot be read.
    case marker(String?)
    /// No message of this protocol; clients of later versions may send it.
    case unknown

    /// The fields of `configure`; those that are absent or `null` keep their value.
    struct Configure: Sendable, Hashable {
        var sampleRate: UInt32?
        var protocolVersion: String?
        var endpointMode: String?
        var minimumSilence: UInt32?
        var commitPolicy: String?
        /// Whether the beginnings and ends of speech are to be reported.
        var reportsSpeech: Bool?
        /// Whether the session is to outlive its connection.
        var isResumable: Bool?
        /// The request of the session with the options of this message.
        var recognition = RecognitionRequest()
    }

    /// Reads a text message in one pass; its options change the request of the session.
    init(_ text: String, updating recognition: RecognitionRequest = RecognitionRequest()) {
        guard let object = JSONMembers(text), case .string(let type)? = object.single("type") else {
            self = .unknown
            return
        }
        switch type {
        case "stop": self = .stop
        case "marker":
            if case .string(let identifier)? = object.single("id") {
                self = .marker(identifier)
            } else {
                self = .marker(nil)
            }
        case "configure": self = Self.configure(object, updating: recognition)
        default: self = .unknown
        }
    }

    private static func configure(_ object: JSONMembers, updating recognition: RecognitionRequest) -> ClientMessage {
        var fields = Configure(recognition: recognition)
        let names = [
            "sample_rate", "min_silence_ms", "protocol_version", "endpoint_mode", "commit_policy", "speech_events",
            "resume",
        ]
        for name in names {
            guard object.count(of: name) <= 1 else { return .malformedConfigure(field: name) }
            switch (name, object.single(name)) {
            case (_, nil), (_, .null?): break
            case ("sample_rate", .integer(let value)?): fields.sampleRate = value
            case ("min_silence_ms", .integer(let value)?): fields.minimumSilence = value
            case ("protocol_version", .string(let value)?): fields.protocolVersion = value
            case ("endpoint_mode", .string(let value)?): fields.endpointMode = value
            case ("commit_policy", .string(let value)?): fields.commitPolicy = value
            case ("speech_events", .boolean(let value)?): fields.reportsSpeech = value
            case ("resume", .boolean(let value)?): fields.isResumable = value
            default: return .malformedConfigure(field: name)
            }
        }
        for option in SessionOption.all {
            guard object.count(of: option.name) <= 1 else { return .malformedConfigure(field: option.name) }
            guard let value = object.single(option.name), value != .null else { continue }
            guard option.set(value, &fields.recognition) else { return .malformedConfigure(field: option.name) }
        }
        return .configure(fields)
    }
}
