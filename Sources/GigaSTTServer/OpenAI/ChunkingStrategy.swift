import Foundation

/// How a recording is cut into utterances, as OpenAI's form describes it: `auto`, or `server_vad` with its members, which
/// come as one JSON object or as fields such as `chunking_strategy[silence_duration_ms]`.
///
/// Of the members the silence counts. `threshold` and `prefix_padding_ms` are of a detector that this server does not
/// have.
struct ChunkingStrategy: Sendable, Hashable {
    /// The field, and what the names of its members begin with.
    static let field = "chunking_strategy"
    /// The silences that end an utterance, in milliseconds.
    static let silences = 80...60_000

    private(set) var silence: Duration?

    /// Whether a field of a form is one of these.
    static func owns(_ name: String) -> Bool { name == field || name.hasPrefix(field + "[") }

    /// Takes a field; returns whether it makes sense.
    mutating func set(_ name: String, to value: String) -> Bool {
        switch name {
        case Self.field:
            if value == "auto" || value.isEmpty { return true }
            guard let wanted = try? JSONDecoder().decode(Object.self, from: Data(value.utf8)) else { return false }
            return wanted.type == "server_vad" && set(milliseconds: wanted.silence)
        case Self.field + "[type]": return value == "server_vad"
        case Self.field + "[silence_duration_ms]":
            guard let milliseconds = Int(value) else { return false }
            return set(milliseconds: milliseconds)
        case Self.field + "[threshold]", Self.field + "[prefix_padding_ms]": return Double(value) != nil
        default: return false
        }
    }

    private mutating func set(milliseconds: Int?) -> Bool {
        guard let milliseconds else { return true }
        silence = .milliseconds(milliseconds)
        return Self.silences.contains(milliseconds)
    }

    private struct Object: Decodable {
        let type: String
        let silence: Int?

        private enum CodingKeys: String, CodingKey {
            case type
            case silence = "silence_duration_ms"
        }
    }
}
