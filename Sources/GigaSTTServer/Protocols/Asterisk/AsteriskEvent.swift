import GigaSTT

/// An event of Asterisk's `chan_websocket`: JSON, or a line of a name and `field:value` words, as the option `f` of the
/// dial string has it.
struct AsteriskEvent: Sendable, Hashable {
    let isJSON: Bool
    let name: String
    private let fields: [String: String]

    /// Any text is an event; that of a text without a name has an empty one.
    init(_ text: String) {
        if text.first == "{" {
            let object = JSONMembers(text)
            func string(_ name: String) -> String? {
                if case .string(let value)? = object?.single(name) { value } else { nil }
            }
            isJSON = true
            name = string("event") ?? ""
            fields = ["channel_id", "format"].reduce(into: [:]) { $0[$1] = string($1) }
            return
        }
        let words = text.split(separator: " ")
        isJSON = false
        name = words.first.map(String.init) ?? ""
        fields = words.dropFirst().reduce(into: [:]) { fields, word in
            let parts = word.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { fields[String(parts[0])] = String(parts[1]) }
        }
    }

    subscript(name: String) -> String? { fields[name] }

    /// Rates of Asterisk's signed linear formats in Hz.
    static let linearRates = [
        "slin": 8_000, "slin12": 12_000, "slin16": 16_000, "slin24": 24_000, "slin32": 32_000, "slin44": 44_100,
        "slin48": 48_000, "slin96": 96_000, "slin192": 192_000,
    ]

    /// The format of the channel; `nil` for one without samples that can be cut anywhere.
    var format: PCMFormat? {
        let encoding: HeaderlessEncoding? =
            switch self["format"] {
            case "ulaw"?: try? HeaderlessEncoding(codec: .ulaw, sampleRate: 8_000)
            case "alaw"?: try? HeaderlessEncoding(codec: .alaw, sampleRate: 8_000)
            case let name?:
                Self.linearRates[name].flatMap { try? HeaderlessEncoding(codec: .slin, sampleRate: $0) }
            case nil: nil
            }
        return encoding.flatMap { try? PCMFormat.headerless($0) }
    }
}
