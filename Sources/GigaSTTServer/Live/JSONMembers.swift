/// The members of a JSON object (RFC 8259), read in one pass and with constant depth of the stack.
///
/// Foundation's decoder reads 16000.0 into an integer and lets one of two equal names win; the contract of the live
/// protocol refuses both. Values of members that are arrays or objects are checked and skipped.
struct JSONMembers: Sendable {
    /// A value, as far as the live protocol tells values apart.
    enum Value: Sendable, Hashable {
        case string(String)
        /// A number without sign, fraction and exponent, below 2³².
        case integer(UInt32)
        /// Any other finite number.
        case otherNumber(Double)
        case boolean(Bool)
        case null
        case composite

        /// The value of a number.
        var number: Double? {
            switch self {
            case .integer(let value): Double(value)
            case .otherNumber(let value): value
            default: nil
            }
        }
    }

    private var members: [(name: String, value: Value)] = []

    /// Reads a text; `nil` if it is not a JSON object.
    init?(_ text: String) {
        var scanner = JSONScanner(text)
        guard scanner.take("{") else { return nil }
        if !scanner.take("}") {
            repeat {
                guard let name = scanner.string(), scanner.take(":"), let value = scanner.value() else { return nil }
                members.append((name, value))
            } while scanner.take(",")
            guard scanner.take("}") else { return nil }
        }
        guard scanner.isAtEnd else { return nil }
    }

    /// How many members have this name.
    func count(of name: String) -> Int { members.count { $0.name == name } }

    /// The value of the only member with this name; `nil` without one or with several.
    func single(_ name: String) -> Value? {
        let values = members.filter { $0.name == name }
        return values.count == 1 ? values[0].value : nil
    }
}

/// Reads the tokens of a JSON text.
private struct JSONScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Whether only white space is left.
    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return next == nil
        }
    }

    /// Takes a punctuation mark if it is the next token.
    mutating func take(_ mark: Character) -> Bool {
        skipSpace()
        guard let byte = next, byte == mark.asciiValue else { return false }
        position += 1
        return true
    }

    /// Takes any value.
    mutating func value() -> JSONMembers.Value? {
        skipSpace()
        switch next {
        case UInt8(ascii: "\"")?: return string().map { .string($0) }
        case UInt8(ascii: "t")?: return word("true") ? .boolean(true) : nil
        case UInt8(ascii: "f")?: return word("false") ? .boolean(false) : nil
        case UInt8(ascii: "n")?: return word("null") ? .null : nil
        case UInt8(ascii: "{")?, UInt8(ascii: "[")?: return skipComposite() ? .composite : nil
        default: return number()
        }
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[position..<end].elementsEqual("\(word)".utf8) else { return false }
        position = end
        return true
    }

    /// Checks and skips an array or an object; nesting costs a byte a level and no stack.
    private mutating func skipComposite() -> Bool {
        var closers: [Character] = []
        while true {
            // Here a value begins.
            if take("{") {
                if !take("}") {
                    guard string() != nil, take(":") else { return false }
                    closers.append("}")
                    continue
                }
            } else if take("[") {
                if !take("]") {
                    closers.append("]")
                    continue
                }
            } else if scalar() == nil {
                return false
            }
            // Here a value has ended.
            while let closer = closers.last, !take(",") {
                guard take(closer) else { return false }
                closers.removeLast()
            }
            guard let closer = closers.last else { return true }
            if closer == "}" { guard string() != nil, take(":") else { return false } }
        }
    }

    private mutating func scalar() -> JSONMembers.Value? {
        skipSpace()
        return next == UInt8(ascii: "{") || next == UInt8(ascii: "[") ? nil : value()
    }

    private mutating func number() -> JSONMembers.Value? {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        guard let count = digits(), count == 1 || bytes[position - count] != UInt8(ascii: "0") else { return nil }
        let isWhole = position - count == start
        let whole = position
        if next == UInt8(ascii: ".") {
            position += 1
            guard digits() != nil else { return nil }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            guard digits() != nil else { return nil }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, position == whole, let value = UInt32(text) { return .integer(value) }
        guard let value = Double(text) else { return nil }
        return .otherNumber(value.isFinite ? value : value < 0 ? -.greatestFiniteMagnitude : .greatestFiniteMagnitude)
    }

    private mutating func digits() -> Int? {
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position > start ? position - start : nil
    }

    /// Takes a string.
    mutating func string() -> String? {
        guard take("\"") else { return nil }
        var content: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                content += Array(String(scalar).utf8)
            case ..<0x20: return nil
            default: content.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let byte = next else { return nil }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return escapedUnit()
        default: return nil
        }
    }

    /// Four hexadecimal digits, and for a leading surrogate the trailing one.
    private mutating func escapedUnit() -> Unicode.Scalar? {
        guard let unit = hexadecimal() else { return nil }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard (0xD800..<0xDC00).contains(unit), word("\\u"), let low = hexadecimal(), (0xDC00..<0xE000).contains(low)
        else { return nil }
        return Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + UInt32(low) - 0xDC00)
    }

    private mutating func hexadecimal() -> UInt16? {
        guard position + 4 <= bytes.count else { return nil }
        let digits = bytes[position..<position + 4]
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        position += 4
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
