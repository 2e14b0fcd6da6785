import GigaSTT

/// Why the library cannot read a recording, as it tells everybody.
enum MediaReason {
    static func of(_ bytes: [UInt8]) async -> String {
        do {
            for try await _ in MediaFile(.bytes(bytes)) {}
            return ""
        } catch {
            return (error as? MediaError)?.message ?? "\(error)"
        }
    }
}
