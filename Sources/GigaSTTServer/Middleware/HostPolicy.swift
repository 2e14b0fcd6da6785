import Foundation

/// Under which host names the server answers: against DNS rebinding, where a site lets its own name point to this
/// machine and so reads answers as if they were its own.
struct HostPolicy: Sendable, Hashable {
    /// Names that belong to this server: the machine's, listed ones, that of the public URL.
    private let names: Set<String>
    /// Whether requests under other names are refused.
    let isEnforced: Bool

    /// Names of the settings and of the machine. Enforced on a loopback address, which rebinding alone opens to other
    /// sites, and wherever names are listed.
    init(_ settings: ServerSettings, boundTo address: String, machineName: String = Self.machineName) {
        let label = machineName.split(separator: ".").first.map { String($0) } ?? ""
        let own = label.isEmpty ? [] : [machineName, label, label + ".local"]
        let listed = settings.allowedHosts.compactMap(Self.listed) + [settings.publicURL?.host].compactMap(\.self)
        names = Set((own + listed).map { Self.name($0) })
        isEnforced = BindPolicy.isLoopback(address) || !settings.allowedHosts.isEmpty
    }

    /// Refuses names that no request has.
    ///
    /// Throws `ServerError` with code `settingInvalid`.
    static func check(_ names: [String]) throws(ServerError) {
        for text in names where listed(text) == nil {
            throw ServerError(
                .settingInvalid,
                "--allow-host '\(text)' is no host name. Give the name alone, without a scheme, a path or wildcards, such as "
                    + "stt.example.org.")
        }
    }

    /// A listed name as requests have it: in lower case and ASCII. `nil` for a text that is none.
    private static func listed(_ text: String) -> String? {
        guard !text.contains(where: { $0.isWhitespace || "*/".contains($0) }) else { return nil }
        return PublicURL("http://\(text)")?.host
    }

    /// Whether a request with this `Host` is answered. Programs that send none are.
    func admits(_ host: String?) -> Bool {
        guard isEnforced, let host, !host.isEmpty else { return true }
        let name = Self.name(host)
        // A name of one label is resolved by this network alone: no site can own it.
        return isOwn(host) || !name.contains(".") || name.hasSuffix(".localhost")
    }

    /// Whether `Host` can only mean this server: one of its addresses or names.
    func isOwn(_ host: String) -> Bool {
        let name = Self.name(host)
        return name.hasPrefix("[") || Self.isIPv4(name) || names.contains(name)
    }

    /// The host without its port, in lower case, without the dot that ends a full name.
    private static func name(_ host: String) -> String {
        let host = host.lowercased()
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } : host.prefix { $0 != ":" }
        return name.hasSuffix(".") ? String(name.dropLast()) : String(name)
    }

    private static func isIPv4(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } && UInt8($0) != nil }
    }

    /// The host name of the machine.
    static let machineName: String = {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}

/// The address under which browsers reach the server, as a rule that of a proxy.
public struct PublicURL: Sendable, Hashable {
    /// The host without its port; an IPv6 literal in brackets.
    public let host: String
    /// The origin of pages at this address, as browsers write it: in lower case, without a default port.
    public let origin: String

    /// Reads `http://…` or `https://…`; a path is allowed and has no effect. `nil` for anything else.
    public init?(_ text: String) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let port = ["http": 80, "https": 443][scheme], let host = parts.encodedHost?.lowercased(), !host.isEmpty,
            parts.user == nil, parts.query == nil, parts.fragment == nil
        else { return nil }
        self.host = host
        origin = "\(scheme)://\(host)" + (parts.port.map { $0 == port ? "" : ":\($0)" } ?? "")
    }
}
