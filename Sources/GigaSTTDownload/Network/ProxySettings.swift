import Foundation

/// Through which proxy a host is reached, as curl and most programs read it from the environment.
public struct ProxySettings: Sendable, Hashable {
    private var plain: ProxyServer?
    private var encrypted: ProxyServer?
    private var exceptions: [String] = []

    /// No proxy.
    public init() {}

    /// `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`; a name in small letters goes before one in capitals.
    ///
    /// `NO_PROXY` is a list with commas or spaces: `*`, a host or a domain (which covers everything below it), each
    /// with or without a port. Throws `DownloadError` with the code `invalidSetting`.
    public init(environment: [String: String]) throws(DownloadError) {
        func value(_ name: String) -> String? {
            let found = environment[name.lowercased()] ?? environment[name] ?? ""
            return found.isEmpty ? nil : found
        }
        let all = value("ALL_PROXY")
        if let address = value("HTTP_PROXY") ?? all { plain = try ProxyServer(address) }
        if let address = value("HTTPS_PROXY") ?? all { encrypted = try ProxyServer(address) }
        exceptions = (value("NO_PROXY") ?? "").lowercased().split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    /// The proxy for a URL; `nil` to connect directly.
    func proxy(for url: URL) -> ProxyServer? {
        let isEncrypted = url.scheme?.lowercased() == "https"
        guard let host = url.host?.lowercased() else { return nil }
        let port = url.port ?? (isEncrypted ? 443 : 80)
        if exceptions.contains(where: { Self.covers($0, host: host, port: port) }) { return nil }
        return isEncrypted ? encrypted : plain
    }

    private static func covers(_ exception: String, host: String, port: Int) -> Bool {
        if exception == "*" || exception == host { return true }
        var name = exception
        // A single colon comes before a port; several belong to an IPv6 address.
        let parts = exception.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2 {
            guard parts[1] == "\(port)" else { return false }
            name = String(parts[0])
        }
        if name.hasPrefix("*.") { name.removeFirst(2) } else if name.hasPrefix(".") { name.removeFirst() }
        return !name.isEmpty && (host == name || host.hasSuffix(".\(name)"))
    }
}
