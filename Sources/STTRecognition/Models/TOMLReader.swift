/// Reads the texts of a TOML file (toml.io, version 1.0), and passes over values of other types. The library that the command
/// uses is C++, which no app should have to link for this.
struct TOMLReader {
    /// The value of a key.
    enum Value: Sendable, Hashable {
        case text(String)
        /// A number, a switch, a time, an array or a table.
        case other
    }

    /// What is not TOML, and where.
    struct Invalid: Error, Hashable {
        /// Counted from 1.
        let line: Int
    }

    /// Arrays in arrays; a manifest has none.
    static let depthLimit = 32

    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0
    private var values: [[String]: Value] = [:]

    /// The values by their paths, such as `["files", "encoder"]`. Tables of an array have none.
    static func values(of text: String) throws(Invalid) -> [[String]: Value] {
        var reader = TOMLReader(bytes: Array(text.utf8))
        try reader.readDocument()
        return reader.values
    }

    private init(bytes: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        self.bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    }

    private mutating func readDocument() throws(Invalid) {
        var table: [String]? = []
        while true {
            skipBlank(acrossLines: true)
            if index == bytes.count { return }
            if take("[[") {
                _ = try readPath()
                try expect("]]")
                table = nil
            } else if take("[") {
                table = try readPath()
                try expect("]")
            } else {
                try readPair(in: table)
            }
            skipBlank(acrossLines: false)
            guard index == bytes.count || take("\n") else { throw invalid }
        }
    }

    /// `table` is `nil` where values are passed over.
    private mutating func readPair(in table: [String]?) throws(Invalid) {
        let key = try readPath()
        try expect("=")
        skipBlank(acrossLines: false)
        let path = table.map { $0 + key }
        let value = try readValue(at: path)
        guard let path else { return }
        guard values.updateValue(value, forKey: path) == nil else { throw invalid }
    }

    private mutating func readPath() throws(Invalid) -> [String] {
        var path: [String] = []
        repeat {
            skipBlank(acrossLines: false)
            path.append(try readKey())
            skipBlank(acrossLines: false)
        } while take(".")
        return path
    }

    private mutating func readKey() throws(Invalid) -> String {
        if take("\"") { return try readBasic(closing: "\"") }
        if take("'") { return try readLiteral(closing: "'") }
        let key = readWhile { Self.isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
        if key.isEmpty { throw invalid }
        return key
    }

    private mutating func readValue(at path: [String]?) throws(Invalid) -> Value {
        if take("\"\"\"") { return .text(try readBasic(closing: "\"\"\"")) }
        if take("'''") { return .text(try readLiteral(closing: "'''")) }
        if take("\"") { return .text(try readBasic(closing: "\"")) }
        if take("'") { return .text(try readLiteral(closing: "'")) }
        if take("[") {
            try readList(closing: "]") { reader throws(Invalid) in _ = try reader.readValue(at: nil) }
            return .other
        }
        if take("{") {
            try readList(closing: "}") { reader throws(Invalid) in try reader.readPair(in: path) }
            return .other
        }
        let word = readWhile { Self.isAlphanumeric($0) || "+-_.: ".utf8.contains($0) }
        let number = #/[+-]?([0-9][0-9A-Za-z_.:+ -]*|inf|nan) */#
        guard word.wholeMatch(of: number) != nil || word.wholeMatch(of: #/(true|false) */#) != nil else {
            throw invalid
        }
        return .other
    }

    private mutating func readList(
        closing end: String, _ readElement: (inout TOMLReader) throws(Invalid) -> Void
    ) throws(Invalid) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw invalid }
        skipBlank(acrossLines: true)
        while !take(end) {
            try readElement(&self)
            skipBlank(acrossLines: true)
            if take(",") { skipBlank(acrossLines: true) } else { return try expect(end) }
        }
    }

    private mutating func readLiteral(closing end: String) throws(Invalid) -> String {
        var text: [UInt8] = []
        while !takeEnd(end) { text.append(try next(in: end)) }
        return try decoded(text, end)
    }

    private mutating func readBasic(closing end: String) throws(Invalid) -> String {
        var text: [UInt8] = []
        while !takeEnd(end) {
            let byte = try next(in: end)
            if byte == UInt8(ascii: "\\") { try readEscape(in: end, to: &text) } else { text.append(byte) }
        }
        return try decoded(text, end)
    }

    private mutating func readEscape(in end: String, to text: inout [UInt8]) throws(Invalid) {
        let plain: [UInt8: UInt8] = [
            0x62: 0x08, 0x74: 0x09, 0x6E: 0x0A, 0x66: 0x0C, 0x72: 0x0D, 0x22: 0x22, 0x5C: 0x5C,
        ]
        let byte = try next(in: end)
        if let escaped = plain[byte] { return text.append(escaped) }
        if byte == UInt8(ascii: "u") || byte == UInt8(ascii: "U") {
            let count = byte == UInt8(ascii: "u") ? 4 : 8
            let digits = String(decoding: bytes[index..<min(index + count, bytes.count)], as: UTF8.self)
            guard digits.utf8.count == count, digits.allSatisfy(\.isHexDigit),
                let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
            else { throw invalid }
            index += count
            return text += String(scalar).utf8
        }
        // A text of several lines goes on at the next character that is not blank.
        guard end.utf8.count == 3, byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A else { throw invalid }
        _ = readWhile { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
    }

    /// Up to two quotes may stand before the three that end a text of several lines.
    private mutating func takeEnd(_ end: String) -> Bool {
        guard bytes[index...].starts(with: end.utf8) else { return false }
        let after = index + end.utf8.count
        if end.utf8.count == 3, after < bytes.count, bytes[after] == bytes[index] { return false }
        index = after
        return true
    }

    /// The next byte of a text, which one of a single line ends with.
    private mutating func next(in end: String) throws(Invalid) -> UInt8 {
        guard index < bytes.count, end.utf8.count == 3 || bytes[index] != 0x0A else { throw invalid }
        index += 1
        return bytes[index - 1]
    }

    /// Of several lines, a line end right behind the quotes is not part of the text.
    private func decoded(_ text: [UInt8], _ end: String) throws(Invalid) -> String {
        guard let text = String(validating: text, as: UTF8.self) else { throw invalid }
        return end.utf8.count == 3 && text.first?.isNewline == true ? String(text.dropFirst()) : text
    }

    private mutating func skipBlank(acrossLines: Bool) {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0D: index += 1
            case 0x0A where acrossLines: index += 1
            case UInt8(ascii: "#"): _ = readWhile { $0 != 0x0A }
            default: return
            }
        }
    }

    private mutating func readWhile(_ isPart: (UInt8) -> Bool) -> String {
        let part = bytes[index...].prefix(while: isPart)
        index = part.endIndex
        return String(decoding: part, as: UTF8.self)
    }

    private mutating func take(_ text: String) -> Bool {
        guard bytes[index...].starts(with: text.utf8) else { return false }
        index += text.utf8.count
        return true
    }

    private mutating func expect(_ text: String) throws(Invalid) {
        guard take(text) else { throw invalid }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    private var invalid: Invalid { Invalid(line: 1 + bytes[..<min(index, bytes.count)].count { $0 == 0x0A }) }
}
