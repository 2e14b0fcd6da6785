/// A value of a statement, as text for PostgreSQL; `nil` is NULL.
struct PostgresValue: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByNilLiteral {
    let text: String?

    init(_ text: String?) {
        // A text in PostgreSQL has no zero byte, and libpq would end at it: such a value equals no stored one.
        self.text = text.map { $0.utf8.contains(0) ? $0.replacing("\0", with: "\u{FFFD}") : $0 }
    }

    init(_ number: Int?) { text = number.map { "\($0)" } }
    init(_ number: Double?) { text = number.map { "\($0)" } }
    init(_ value: Bool) { text = value ? "true" : "false" }

    /// Bytes, as the type bytea reads them.
    init(_ bytes: [UInt8]) {
        var digits = Array("\\x".utf8)
        digits.reserveCapacity(2 + 2 * bytes.count)
        for byte in bytes {
            digits.append(Self.digits[Int(byte >> 4)])
            digits.append(Self.digits[Int(byte & 15)])
        }
        text = String(decoding: digits, as: UTF8.self)
    }

    init(stringLiteral text: String) { self.init(text) }
    init(nilLiteral: ()) { text = nil }

    private static let digits = Array("0123456789abcdef".utf8)
}

/// A row that a statement returns.
struct PostgresRow: Sendable {
    let columns: [String: Int]
    let values: [String?]

    /// The value of a column that may be NULL.
    func optional<Value: LosslessStringConvertible>(
        _ column: String, as type: Value.Type = Value.self
    ) throws -> Value? {
        guard let place = columns[column] else { throw Self.undecodable(column) }
        guard let text = values[place] else { return nil }
        guard let value = Value(text) else { throw Self.undecodable(column) }
        return value
    }

    /// The value of a column.
    func value<Value: LosslessStringConvertible>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        guard let value = try optional(column, as: Value.self) else { throw Self.undecodable(column) }
        return value
    }

    /// A truth value.
    func isTrue(_ column: String) throws -> Bool { try value(column, as: String.self) == "t" }

    /// Bytes of the type bytea.
    func bytes(_ column: String) throws -> [UInt8] {
        let digits = Array(try value(column, as: String.self).utf8)
        guard digits.starts(with: "\\x".utf8), digits.count.isMultiple(of: 2) else { throw Self.undecodable(column) }
        return try stride(from: 2, to: digits.count, by: 2).map { place in
            guard let high = Character(UnicodeScalar(digits[place])).hexDigitValue,
                let low = Character(UnicodeScalar(digits[place + 1])).hexDigitValue
            else { throw Self.undecodable(column) }
            return UInt8(high << 4 | low)
        }
    }

    private static func undecodable(_ column: String) -> PostgresFailure {
        PostgresFailure(kind: .undecodable, detail: "the column \(column)")
    }
}
