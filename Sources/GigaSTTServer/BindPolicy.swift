/// Whether a server may listen on an address.
public enum BindPolicy {
    /// Whether other machines cannot reach `host`: `localhost` or a loopback literal, brackets allowed.
    public static func isLoopback(_ host: String) -> Bool {
        let name = literal(host).lowercased()
        if name == "localhost" { return true }
        // Any spelling of ::1. An IPv4 address in an IPv6 one is another socket.
        if name.contains(":") { return InternetAddress(name).map { !$0.isV4 && $0.isLoopback } ?? false }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.first == "127" else { return false }
        return parts.allSatisfy { part in
            part.utf8.count <= 3 && part.utf8.allSatisfy { (48...57).contains($0) } && UInt8(part) != nil
        }
    }

    /// The host without spaces around it and without the brackets of an IPv6 literal.
    public static func literal(_ host: String) -> String {
        let trimmed = host.split(separator: " ").joined(separator: " ")
        guard trimmed.hasPrefix("["), trimmed.hasSuffix("]") else { return trimmed }
        return String(trimmed.dropFirst().dropLast())
    }

    /// Refuses a non-loopback address without consent.
    ///
    /// Throws `ServerError` with code `bindRefused`.
    public static func check(_ host: String, consent: Bool) throws(ServerError) {
        guard !isLoopback(host), !consent else { return }
        throw ServerError(
            .bindRefused,
            "refusing to bind to '\(host)': non-loopback addresses require --bind-all "
                + "or GIGASTT_ALLOW_BIND_ANY=1, because every machine that reaches this one then reaches the server")
    }

    /// What is missing to serve other machines safely, a sentence for each listener that they reach.
    static func warnings(_ settings: ServerSettings) -> [String] {
        let tls =
            settings.tls == nil
            ? "WITHOUT ENCRYPTION, so that speech, texts and keys can be read on the way (--tls-cert, --tls-key)" : nil
        let neverTLS = "WITHOUT ENCRYPTION, which the protocol lacks, so that speech and texts can be read on the way"
        let keys = settings.apiKeyFile == nil ? "WITHOUT API KEYS, so that anyone may use it (--api-key-file)" : nil
        let scrapeKeys =
            settings.apiKeyFile == nil || settings.metricsWithoutKey
            ? "WITHOUT API KEYS, so that anyone may read the metrics" : nil
        let listeners =
            [("", settings.host, keys, tls), ("metrics on ", settings.metrics?.host ?? "localhost", scrapeKeys, tls)]
            + ProtocolPort.allCases.compactMap { port in
                settings.listeners[port].map {
                    ("\(port.rawValue) on ", $0.host, keys, port.usesTLS ? tls : neverTLS)
                }
            }
        return listeners.compactMap { name, host, keys, tls in
            let gaps = [keys, tls].compactMap(\.self)
            if gaps.isEmpty || isLoopback(host) { return nil }
            return "\(name)\(host) is reachable from other machines " + gaps.joined(separator: " and ")
        }
    }

    /// Whether the value of `GIGASTT_ALLOW_BIND_ANY` consents.
    public static func consents(_ variable: String) -> Bool {
        ["1", "true", "TRUE", "yes", "YES"].contains(variable.split(separator: " ").joined())
    }
}
