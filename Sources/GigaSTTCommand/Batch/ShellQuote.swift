/// Arguments as a shell takes them.
enum ShellQuote {
    /// The command line of this process.
    static var commandLine: String {
        (["gigastt"] + ArgumentBytes.arguments.map { quoted(ArgumentBytes.bytes(of: $0)) }).joined(separator: " ")
    }

    /// An argument in quotes if it needs them; with `$'…'` where it has bytes that are no text.
    static func quoted(_ bytes: [UInt8]) -> String {
        let text = String(validating: bytes, as: UTF8.self)
        if let text, !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            let plain = !text.isEmpty && text.unicodeScalars.allSatisfy(isPlain)
            return plain
                ? text
                : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
        }
        let escaped = bytes.map { byte -> String in
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\\"): "\\" + String(Unicode.Scalar(byte))
            case 0x20..<0x7F: String(Unicode.Scalar(byte))
            default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return "$'\(escaped.joined())'"
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "-_./=,:+@%".unicodeScalars.contains(scalar)
    }
}
