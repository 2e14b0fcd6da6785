/// Which web pages may use the server.
///
/// A browser names the origin of a page; programs send none and are admitted.
public struct OriginPolicy: Sendable, Hashable {
    /// Origins allowed beside those of this machine, compared without regard to ASCII case.
    public var allowed: [String] = []
    /// Whether every page may; a page without an origin (`null`) still may not.
    public var allowsAny = false

    /// Pages of this machine only.
    public init() {}

    /// Refuses `null`: every site can open a sandboxed frame with that origin.
    ///
    /// Throws `ServerError` with code `settingInvalid`.
    func check() throws(ServerError) {
        guard allowed.contains(where: { $0.lowercased() == "null" }) else { return }
        throw ServerError(
            .settingInvalid,
            "--allow-origin null: pages of every site can send this origin, so it is never allowed. Serve the page "
                + "from an address and allow that, or give the application's own scheme, such as app://name.")
    }

    /// What a response says about the origin of a request.
    enum Verdict: Sendable, Hashable {
        case noOrigin
        case allowed(as: String)
        case denied
    }

    /// Judges the value of `Origin` of a request sent to `host`, which has its port; `own` tells names of this server.
    func verdict(on origin: String?, host: String?, own: HostPolicy) -> Verdict {
        guard let origin else { return .noOrigin }
        guard origin.utf8.allSatisfy({ (32..<127).contains($0) || $0 == 9 }) else { return .denied }
        let lowered = origin.lowercased()
        if lowered == "null" { return .denied }
        if allowsAny { return .allowed(as: "*") }
        if Self.isLoopback(lowered) || allowed.contains(where: { $0.lowercased() == lowered })
            || Self.isSameOrigin(lowered, host, own)
        {
            return .allowed(as: origin)
        }
        return .denied
    }

    /// Whether the page is the server's own. The same name in `Origin` and `Host` is no proof: any site can let its
    /// name point to this machine (DNS rebinding).
    private static func isSameOrigin(_ origin: String, _ host: String?, _ own: HostPolicy) -> Bool {
        guard let host = host?.lowercased(), !host.isEmpty, own.isOwn(host) else { return false }
        return origin == "http://" + host || origin == "https://" + host
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
