import Foundation
import TestSupport

/// What `gigastt transcribe` writes for one of the shipped recordings.
func heard(_ prefix: String) async throws -> String {
    try await Program().run(["transcribe", Recordings.named(prefix).url.path]).output
        .trimmingCharacters(in: .newlines)
}
