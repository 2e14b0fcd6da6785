/// An address and a port to listen on: `127.0.0.1:9090`, `[::1]:9090`, `localhost:0`.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A literal without brackets, or `localhost`.
    public let host: String
    /// 0 takes a free one.
    public let port: Int

    /// An address and a port.
    public init(host: String, port: UInt16) {
        self.host = BindPolicy.literal(host)
        self.port = Int(port)
    }

    /// Reads `ADDRESS:PORT`; an IPv6 literal needs its brackets. `nil` for anything else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let (host, digits) = (text[..<colon], text[text.index(after: colon)...])
        guard !host.isEmpty, !host.contains(" "), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let port = UInt16(digits)
        else { return nil }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard isBracketed || !host.contains(where: { ":[]".contains($0) }) else { return nil }
        self.init(host: String(host), port: port)
    }

    /// The same address with the port that the system chose; `nil` for a number that is none.
    public func onPort(_ port: Int) -> ListenAddress? { UInt16(exactly: port).map { .init(host: host, port: $0) } }

    /// As it was written.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
