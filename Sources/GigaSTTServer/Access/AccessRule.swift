import HTTPTypes

/// What a request needs a key for. What nobody thought of needs one.
enum AccessRule {
    /// For everybody: probes, and what a page needs before it can ask for a key.
    static let openPaths: Set<String> = ["/", "/worklet.js", "/health", "/ready", "/openapi.yaml", "/asyncapi.yaml"]
    private static let adminPrefix = "/v1/admin/"

    /// The role that the holder must have; `nil`: no key is needed.
    static func role(_ method: HTTPRequest.Method, _ path: String) -> APIKeyRoles? {
        // Browsers ask with OPTIONS first, and never with a key.
        if method == .options || openPaths.contains(path) { return nil }
        return path.hasPrefix(adminPrefix) ? .admin : .transcribe
    }
}
