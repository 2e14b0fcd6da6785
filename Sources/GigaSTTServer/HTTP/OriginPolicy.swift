/// Which web pages may talk to the server.
///
/// A page's browser says where the page came from; programs say nothing and are let in.
public struct OriginPolicy: Sendable, Hashable {
    /// Origins allowed beside those of this machine, compared without regard to ASCII case.
    public var allowed: [String] = []
    /// Whether every page may; a page without an origin (`null`) still may not.
    public var allowsAny = false

    /// Pages of this machine only.
    public init() {}

    /// What an answer says about the origin of a request.
    enum Verdict: Sendable, Hashable {
        case noOrigin
        case allowed(as: String)
        case denied
    }

    /// Judges the value of the `Origin` header of a request that was sent to `host`, which has its port.
    func verdict(on origin: String?, host: String? = nil) -> Verdict {
        guard let origin, origin.utf8.allSatisfy({ (32..<127).contains($0) || $0 == 9 }) else { return .noOrigin }
        let lowered = origin.lowercased()
        if lowered == "null" { return .denied }
        if allowsAny { return .allowed(as: "*") }
        if Self.isLoopback(lowered) || allowed.contains(where: { $0.lowercased() == lowered })
            || Self.isOwn(lowered, host: host)
        {
            return .allowed(as: origin)
        }
        return .denied
    }

    /// Whether the page is the server's own, opened by the number of the machine.
    ///
    /// Not by its name: whoever owns a name can let it point to this machine and would so be let in with a page of
    /// their own (DNS rebinding).
    private static func isOwn(_ origin: String, host: String?) -> Bool {
        guard let host = host?.lowercased(), origin == "http://" + host || origin == "https://" + host else {
            return false
        }
        if host.hasPrefix("[") { return true }
        let parts = host.prefix { $0 != ":" }.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isLoopback(_ origin: String) -> Bool {
        for scheme in ["http://", "https://"] {
            for host in ["localhost", "127.0.0.1", "[::1]"] where origin.hasPrefix(scheme + host) {
                let rest = origin.dropFirst(scheme.count + host.count)
                if rest.isEmpty || rest.hasPrefix(":") || rest.hasPrefix("/") { return true }
            }
        }
        return false
    }
}
