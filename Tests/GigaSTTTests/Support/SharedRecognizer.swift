import GigaSTT

/// The built-in model, loaded once for the suites that only use it.
enum SharedRecognizer {
    private static let loading = Task { try await Recognizer(.demo) }

    static func get() async throws -> Recognizer { try await loading.value }
}
