/// The fewest decimal digits that read back as the same `Double`, and the notations built from them.
struct ShortestDecimal: Sendable, Hashable {
    private let sign: String
    /// Without zeros at either end; empty for zero.
    private let digits: String
    /// How many digits stand before the decimal point; zeros are missing where it is negative or beyond the digits.
    private let pointIndex: Int

    /// The digits of `value`; `nil` when it is not finite.
    init?(_ value: Double) {
        guard value.isFinite else { return nil }
        // The standard library prints the shortest digits, with an exponent when the value is very large or small.
        let parts = value.magnitude.description.split(separator: "e")
        let mantissa = (parts.first ?? "0").split(separator: ".", omittingEmptySubsequences: false)
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let allDigits = mantissa.joined()
        let significant = allDigits.drop { $0 == "0" }
        let leadingZeroCount = allDigits.count - significant.count
        sign = value.sign == .minus ? "-" : ""
        digits = String(String(significant.reversed()).drop { $0 == "0" }.reversed())
        pointIndex = digits.isEmpty ? 1 : (mantissa.first?.count ?? 0) + exponent - leadingZeroCount
    }

    /// Never with an exponent, without a fraction when there is none: `3`, `3.2`, `0.00000012`.
    var plain: String { sign + positional(wholeSuffix: "") }

    /// As serde_json 1 writes a 64-bit float: `3.0`, `3.2`, `0.00001`, `1e16`, `1.2e-7`.
    var json: String {
        guard pointIndex <= -5 || pointIndex > 16 else { return sign + positional(wholeSuffix: ".0") }
        let rest = digits.dropFirst()
        return sign + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e\(pointIndex - 1)"
    }

    private func positional(wholeSuffix: String) -> String {
        if pointIndex <= 0 {
            return "0." + String(repeating: "0", count: -pointIndex) + digits
        }
        if digits.count <= pointIndex {
            return digits + String(repeating: "0", count: pointIndex - digits.count) + wholeSuffix
        }
        return digits.prefix(pointIndex) + "." + digits.dropFirst(pointIndex)
    }
}
