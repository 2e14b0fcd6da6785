import Foundation
import TestSupport

/// A file of API keys, one for each role, that can be written again.
struct KeyFile: Sendable {
    static let speaker = "key-of-the-speaker-1"
    static let admin = "key-of-the-administrator-1"
    static let metrics = "key-of-the-metrics-1"

    let folder: TemporaryFolder
    let path: String

    init(_ text: String = Self.text(Self.speaker)) throws {
        folder = try TemporaryFolder()
        path = folder.path("keys")
        try write(text)
    }

    static func text(_ speaker: String) -> String {
        "speaker transcribe \(speaker)\nadmin admin \(admin)\nmetrics metrics \(metrics)\n"
    }

    func write(_ text: String) throws { try folder.write(Data(text.utf8), as: "keys") }
}
