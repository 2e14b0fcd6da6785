/// A text message of a client (gigastt protocol 1.0).
enum ClientMessage: Sendable, Hashable {
    case stop
    case configure(Configure)
    /// A `configure` that cannot be applied, with the field at fault where it is one of the protocol.
    case malformedConfigure(field: String?)
    /// No message of this protocol; clients of later versions may send it.
    case unknown

    /// The fields of `configure`; those that are absent or `null` keep their value.
    struct Configure: Sendable, Hashable {
        var sampleRate: UInt32?
        var protocolVersion: String?
        var endpointMode: String?
        var minimumSilence: UInt32?
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
        case "configure": self = Self.configure(object, updating: recognition)
        default: self = .unknown
        }
    }

    private static func configure(_ object: JSONMembers, updating recognition: RecognitionRequest) -> ClientMessage {
        var fields = Configure(recognition: recognition)
        for name in ["sample_rate", "min_silence_ms", "protocol_version", "endpoint_mode"] {
            guard object.count(of: name) <= 1 else { return .malformedConfigure(field: name) }
            switch (name, object.single(name)) {
            case (_, nil), (_, .null?): break
            case ("sample_rate", .integer(let value)?): fields.sampleRate = value
            case ("min_silence_ms", .integer(let value)?): fields.minimumSilence = value
            case ("protocol_version", .string(let value)?): fields.protocolVersion = value
            case ("endpoint_mode", .string(let value)?): fields.endpointMode = value
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
