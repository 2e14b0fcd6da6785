/// The identifier of a request in responses and logs.
struct RequestID: Sendable, Hashable, CustomStringConvertible {
    let description: String

    /// The client's own where it is visible ASCII of at most 200 bytes, else a new one.
    init(_ sent: String?) {
        if let sent, (1...200).contains(sent.utf8.count), sent.utf8.allSatisfy({ (33...126).contains($0) }) {
            self.init(checked: sent)
        } else {
            var generator = SystemRandomNumberGenerator()
            self.init(unixMilliseconds: UInt64(max(0, UnixTime.now * 1_000)), using: &generator)
        }
    }

    /// A UUID of version 7 (RFC 9562 section 5.7): 48 bits of time, the rest random.
    init(unixMilliseconds: UInt64, using generator: inout some RandomNumberGenerator) {
        let random: (UInt64, UInt64) = (generator.next(), generator.next())
        let high = unixMilliseconds << 16 | 0x7000 | random.0 & 0x0FFF
        let low = 0x8000_0000_0000_0000 | random.1 & 0x3FFF_FFFF_FFFF_FFFF
        let digits = Array(Self.hexadecimal(high) + Self.hexadecimal(low))
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        self.init(checked: groups.joined(separator: "-"))
    }

    private init(checked text: String) { description = text }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
