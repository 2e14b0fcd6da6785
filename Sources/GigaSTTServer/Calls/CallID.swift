/// The identifier of a telephone call, as the switch names it.
struct CallID: Sendable, Hashable, CustomStringConvertible {
    static let lengthLimit = 128

    /// Letters, digits, `-`, `.` and `_`; letters are in lower case, as identifiers in hexadecimal digits come in both.
    let description: String

    /// `nil` for a text that is empty, too long or holds other characters.
    init?(_ text: some StringProtocol) {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95: true
            default: false
            }
        }
        guard isPlain, (1...Self.lengthLimit).contains(text.utf8.count) else { return nil }
        description = text.lowercased()
    }

    /// The text of a UUID (RFC 9562 section 4); `nil` unless there are 16 bytes.
    init?(uuid bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += [byte].hexadecimal
        }
        description = text
    }
}
