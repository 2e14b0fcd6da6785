import Foundation

/// A server that passes connections on.
public struct ProxyServer: Sendable, Hashable {
    /// How one talks to it.
    public enum Kind: Sendable, Hashable {
        /// HTTP with CONNECT, for plain and for encrypted targets.
        case http
        /// SOCKS version 5 without authentication.
        case socks5
    }

    /// How one talks to it.
    public let kind: Kind
    /// Its name or address.
    public let host: String
    /// Its port.
    public let port: Int
    /// Name and password for an HTTP proxy that asks for them, `name:password`.
    public let credentials: String?

    /// Reads `host:port`, `http://name:password@host:port` or `socks5://host:port`.
    ///
    /// Throws `DownloadError` with the code `invalidSetting` for anything else.
    public init(_ address: String) throws(DownloadError) {
        let whole = address.contains("://") ? address : "http://\(address)"
        guard let parts = URLComponents(string: whole), let host = parts.host, !host.isEmpty else {
            throw Self.unknown(address)
        }
        switch parts.scheme?.lowercased() {
        case "http": (kind, port) = (.http, parts.port ?? 80)
        case "socks5", "socks5h": (kind, port) = (.socks5, parts.port ?? 1080)
        default: throw Self.unknown(address)
        }
        guard (1...65535).contains(port), kind == .http || parts.user == nil else { throw Self.unknown(address) }
        // An IPv6 address stands in brackets in a URL, and without them everywhere else.
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        credentials = parts.user.map { "\($0):\(parts.password ?? "")" }
    }

    private static func unknown(_ address: String) -> DownloadError {
        // The address may hold a password, so it is not repeated.
        DownloadError(
            .invalidSetting,
            "A proxy variable (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY) must be host:port, http://host:port or "
                + "socks5://host:port, where only an http proxy may have a name and password.")
    }
}
