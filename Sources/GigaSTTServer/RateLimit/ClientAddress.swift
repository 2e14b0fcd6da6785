import Foundation
import HTTPTypes
import NIOCore

/// An IP address: 128 bits, an IPv4 address as `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2).
struct InternetAddress: Sendable, Hashable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// Four or sixteen bytes.
    private init(bytes: [UInt8]) {
        let whole = bytes.count == 4 ? [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] + bytes : bytes
        high = whole.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = whole.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The address of a socket; `nil` for a socket that has none.
    init?(_ address: SocketAddress) {
        switch address {
        // Proof: the bytes are copied before the closure returns.
        case .v4(let address): self.init(bytes: withUnsafeBytes(of: address.address.sin_addr) { Array($0) })
        case .v6(let address): self.init(bytes: withUnsafeBytes(of: address.address.sin6_addr) { Array($0) })
        case .unixDomainSocket: return nil
        }
    }

    /// The literal; no name, no port, no brackets.
    init?(_ text: some StringProtocol) {
        // The longest literal has 45 characters.
        guard text.utf8.count <= 45, let address = try? SocketAddress(ipAddress: String(text), port: 0) else {
            return nil
        }
        self.init(address)
    }

    /// Whether this is an IPv4 address.
    var isV4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// The client that a proxy names: the first element of `X-Forwarded-For`, else `X-Real-IP`; `nil` when neither is
    /// an address.
    init?(forwardedBy fields: HTTPFields) {
        let forwarded = fields[.forwardedFor]?.split(separator: ",", omittingEmptySubsequences: false).first
        let sent = [forwarded.map { String($0) }, fields[.realAddress]].lazy.compactMap { text in
            text.flatMap { InternetAddress($0.trimmingPrefix { $0 == " " }.prefix { $0 != " " }) }
        }
        guard let address = sent.first else { return nil }
        self = address
    }

    /// The literal, an IPv4 address with dots.
    var description: String {
        let bytes = [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
        let packed = ByteBuffer(bytes: isV4 ? Array(bytes.suffix(4)) : bytes)
        return (try? SocketAddress(packedIPAddress: packed, port: 0))?.ipAddress ?? ""
    }

    /// Whether it is an address of this machine or of a private network (RFC 1918, RFC 4193, link-local).
    var isLoopbackOrPrivate: Bool {
        guard isV4 else { return high == 0 && low == 1 || high >> 57 == 0xFC >> 1 || high >> 54 == 0xFE80 >> 6 }
        let bits = low & 0xFFFF_FFFF
        return bits >> 24 == 127 || bits >> 24 == 10 || bits >> 20 == 0xAC1 || bits >> 16 == 0xC0A8
    }

    /// Whether it is an address of this machine.
    var isLoopback: Bool { isV4 ? low >> 24 & 0xFF == 127 : high == 0 && low == 1 }

    /// Whether the first bits of the 128 are the same.
    func sharesPrefix(of length: Int, with other: InternetAddress) -> Bool {
        func differs(_ first: UInt64, _ second: UInt64, _ count: Int) -> Bool {
            count > 0 && (first ^ second) >> (64 - count) != 0
        }
        return !differs(high, other.high, min(length, 64)) && !differs(low, other.low, length - 64)
    }

    /// The rate-limit key: one IPv6 customer has a /64 network.
    var client: ClientAddress { isV4 ? ClientAddress(high: high, low: low) : ClientAddress(high: high, low: 0) }
}

/// Requests with the same value share a rate limit: an IPv4 address, or the first 64 bits of an IPv6 address.
struct ClientAddress: Sendable, Hashable {
    fileprivate let high: UInt64
    fileprivate let low: UInt64

    /// For clients whose address is not known.
    static let unknown = ClientAddress(high: 0, low: 0)

    fileprivate init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}
