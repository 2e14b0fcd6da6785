/// A range of IP addresses: `192.168.0.0/16`, `fd00::/8`, or one address.
public struct AddressRange: Sendable, Hashable, CustomStringConvertible {
    private let base: InternetAddress
    /// Bits of the 128 that must agree; an IPv4 address has 96 before its own.
    private let prefixLength: Int
    /// As it was written.
    public let description: String

    /// Reads CIDR notation (RFC 4632, RFC 4291 section 2.3); bits behind the prefix have no effect. `nil` for anything
    /// else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let literal = parts.first, let address = InternetAddress(literal) else { return nil }
        let width = address.isV4 ? 32 : 128
        var length = width
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(parts[1]), number <= width
            else { return nil }
            length = number
        }
        base = address
        prefixLength = length + 128 - width
        description = text
    }

    /// Whether an address is in the range.
    func contains(_ address: InternetAddress) -> Bool { address.sharesPrefix(of: prefixLength, with: base) }
}

/// Who may use a protocol that has no place for a key, on a server that has keys: this machine, and the ranges that the
/// operator lists.
struct KeylessPolicy: Sendable {
    let ranges: [AddressRange]

    /// Whether a peer is admitted. What a proxy on this machine forwards comes from elsewhere.
    func admits(_ address: InternetAddress?, isForwarded: Bool) -> Bool {
        guard let address else { return false }
        return address.isLoopback && !isForwarded || ranges.contains { $0.contains(address) }
    }
}
