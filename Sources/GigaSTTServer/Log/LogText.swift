import STTValues

/// Makes text of strangers fit for one line of a log: of bounded length, and without anything that ends the line,
/// moves the cursor, changes the direction of writing or cannot be seen.
enum LogText {
    /// Characters (Unicode scalars) of one value. A request id may have 200.
    static let valueLimit = 256
    /// Characters of a message. Ours are sentences; those of other libraries may hold more.
    static let messageLimit = 1_024

    /// The text with what is dangerous as `\uXXXX`, as in JSON; behind the limit an ellipsis.
    static func escaped(_ text: String, limit: Int) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(limit) {
            if isDangerous(scalar) {
                for unit in UTF16.encode(scalar) ?? .init() { result += escape(unit) }
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.dropFirst(limit).isEmpty ? result : result + "…"
    }

    /// The text up to the limit; behind it an ellipsis.
    static func bounded(_ text: String, limit: Int) -> String {
        let bounded = String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
        return text.unicodeScalars.dropFirst(limit).isEmpty ? bounded : bounded + "…"
    }

    /// A JSON value that holds nothing dangerous either: such characters stand in its strings only, where `\uXXXX` is the
    /// same character.
    static func safe(_ json: JSONValue) -> String { escaped(json.description, limit: .max) }

    /// A value behind `key=`: bare where it is one plain word, else quoted.
    static func value(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.isASCII && $0.value > 32 && $0.value < 127 && $0 != "\"" && $0 != "\\" && $0 != "="
        }
        return isPlain && !text.isEmpty && text.unicodeScalars.count <= valueLimit
            ? text : safe(.string(bounded(text, limit: valueLimit)))
    }

    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }

    private static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
