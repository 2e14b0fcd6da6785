/// Single JSON values (RFC 8259), byte for byte as serde_json 1 writes them.
package enum JSONLiteral {
    /// A number; `null` when it is not finite, which JSON cannot say.
    package static func number(_ value: Double) -> String {
        ShortestDecimal(value)?.json ?? "null"
    }

    /// A 32-bit number with no more digits than it has itself.
    package static func number(_ value: Float) -> String {
        number(Double(value.description) ?? .nan)
    }

    /// A string in quotes, with only those characters escaped that must be.
    package static func string(_ text: String) -> String {
        var literal = String.UnicodeScalarView()
        literal.append("\"")
        for scalar in text.unicodeScalars {
            if let escape = escape(scalar) {
                literal.append(contentsOf: escape.unicodeScalars)
            } else {
                literal.append(scalar)
            }
        }
        literal.append("\"")
        return String(literal)
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "\"": #"\""#
        case "\\": #"\\"#
        case "\u{8}": #"\b"#
        case "\u{C}": #"\f"#
        case "\n": #"\n"#
        case "\r": #"\r"#
        case "\t": #"\t"#
        case "\u{0}"..<"\u{10}": #"\u000"# + String(scalar.value, radix: 16)
        case "\u{10}"..<"\u{20}": #"\u00"# + String(scalar.value, radix: 16)
        default: nil
        }
    }
}
