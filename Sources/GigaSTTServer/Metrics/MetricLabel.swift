/// What of a request becomes the value of a label: words of fixed lists, and `other`.
enum MetricLabel {
    private static let paths: Set<String> = [
        "/health", "/ready", "/metrics", "/v1/models", "/v1/transcribe", "/v1/transcribe/stream", "/v1/ws",
        "/v1/audio/transcriptions", "/v1/admin/reload",
    ]
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    static func path(_ path: String) -> String { paths.contains(path) ? path : "other" }
    static func method(_ method: String) -> String { methods.contains(method) ? method : "other" }
}
