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
    }

    /// Reads a text message in one pass.
    init(_ text: String) {
        guard let object = JSONMembers(text), case .string(let type)? = object.single("type") else {
            self = .unknown
            return
        }
        switch type {
        case "stop": self = .stop
        case "configure": self = Self.configure(object)
        default: self = .unknown
        }
    }

    private static func configure(_ object: JSONMembers) -> ClientMessage {
        var fields = Configure()
        for name in ["sample_rate", "min_silence_ms", "protocol_version", "endpoint_mode"] + switches {
            guard object.count(of: name) <= 1 else { return .malformedConfigure(field: name) }
            switch (name, object.single(name)) {
            case (_, nil), (_, .null?): break
            case ("sample_rate", .integer(let value)?): fields.sampleRate = value
            case ("min_silence_ms", .integer(let value)?): fields.minimumSilence = value
            case ("protocol_version", .string(let value)?): fields.protocolVersion = value
            case ("endpoint_mode", .string(let value)?): fields.endpointMode = value
            case (_, .boolean?) where switches.contains(name): break
            default: return .malformedConfigure(field: name)
            }
        }
        return .configure(fields)
    }

    /// To ask for what is not installed is no error in the contract, but the type of the value is checked.
    private static let switches = ["diarization", "punctuation", "itn"]
}
