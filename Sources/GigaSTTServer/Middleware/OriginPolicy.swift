/// Which web pages may use the server.
///
/// A browser names the origin of a page; programs send none and are admitted.
public struct OriginPolicy: Sendable, Hashable {
    /// Origins allowed beside those of this machine, such as `https://app.example.org` or `app://name`; case, a default port and a
    /// slash at the end have no effect.
    public var allowed: [String] = []
    /// Whether every page may; a page without an origin (`null`) still may not.
    public var allowsAny = false

    /// Pages of this machine only.
    public init() {}

    /// Refuses `null`, since every site can open a sandboxed frame with that origin, and what no browser sends.
    ///
    /// Throws `ServerError` with code `settingInvalid`.
    func check() throws(ServerError) {
        for text in allowed {
            if text.lowercased() == "null" {
                throw ServerError(
                    .settingInvalid,
                    "--allow-origin null: pages of every site can send this origin, so it is never allowed. Serve the page "
                        + "from an address and allow that, or give the application's own scheme, such as app://name.")
            }
            if Self.origin(text) != nil { continue }
            throw ServerError(
                .settingInvalid,
                "--allow-origin '\(text)' is no origin. Give scheme, host and port of the page, without a path and without "
                    + "wildcards, such as https://app.example.org. --cors-allow-any allows pages of any origin.")
        }
    }

    /// The origin as browsers write it (RFC 6454, section 6.2): in lower case, without a default port. `nil` for a text that is
    /// none.
    static func origin(_ text: String) -> String? {
        let lowered = text.lowercased()
        let whole = lowered.hasSuffix("/") ? String(lowered.dropLast()) : lowered
        // A host with what hosts do not have: wildcards, blanks, another slash, a query, a fragment, a user.
        guard let match = whole.wholeMatch(of: #/([a-z][a-z0-9+.-]*):\/\/[^\/?#@*\s]+/#) else { return nil }
        return ["http", "https"].contains(match.1) ? PublicURL(whole)?.origin : whole
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
        if Self.isLoopback(lowered) || allowed.contains(where: { Self.origin($0) == lowered })
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
