import Foundation

/// What a client says in text on a live session (gigastt protocol 1.0).
enum ClientMessage: Sendable, Hashable {
    case stop
    case configure(Configure)
    /// A `configure` that cannot be understood, with the field at fault where it is one of ours.
    case malformedConfigure(field: String?)
    /// Nothing that this protocol knows; clients of later versions may send it.
    case unknown

    /// The fields of `configure`; those that are absent or `null` keep their value.
    struct Configure: Sendable, Hashable {
        var sampleRate: UInt32?
        var protocolVersion: String?
        var endpointMode: String?
        var minimumSilence: UInt32?
    }

    /// Reads a text message.
    init(_ text: String) {
        let data = Data(text.utf8)
        guard let envelope = try? JSONDecoder().decode(Envelope.self, from: data) else {
            self = .unknown
            return
        }
        switch envelope.type {
        case "stop": self = .stop
        case "configure": self = Self.configure(data)
        default: self = .unknown
        }
    }

    private static func configure(_ data: Data) -> ClientMessage {
        do {
            let fields = try JSONDecoder().decode(Fields.self, from: data)
            return .configure(
                Configure(
                    sampleRate: fields.sampleRate, protocolVersion: fields.protocolVersion,
                    endpointMode: fields.endpointMode, minimumSilence: fields.minimumSilence))
        } catch DecodingError.typeMismatch(_, let context), DecodingError.dataCorrupted(let context) {
            return .malformedConfigure(field: context.codingPath.first?.stringValue)
        } catch {
            return .malformedConfigure(field: nil)
        }
    }

    private struct Envelope: Decodable {
        let type: String
    }

    private struct Fields: Decodable {
        var sampleRate: UInt32?
        var protocolVersion: String?
        var endpointMode: String?
        var minimumSilence: UInt32?
        // Asking for what is not installed is no error in the contract, but the type of the answer is checked.
        var diarization: Bool?
        var punctuation: Bool?
        var itn: Bool?

        enum CodingKeys: String, CodingKey {
            case sampleRate = "sample_rate"
            case protocolVersion = "protocol_version"
            case endpointMode = "endpoint_mode"
            case minimumSilence = "min_silence_ms"
            case diarization, punctuation, itn
        }
    }
}
