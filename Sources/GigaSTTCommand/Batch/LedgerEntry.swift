import Foundation

/// A recording whose transcripts were written.
struct LedgerEntry: Codable, Sendable, Hashable {
    /// Path below the input folder; what is not UTF-8 in it is escaped as in `ArgumentBytes`.
    var source: String
    var size: Int64
    /// Nanoseconds since 1970.
    var modified: Int64
    /// SHA-256 of the content.
    var digest: String
    /// SHA-256 of everything that decides the output; `LedgerEntry.baseline` for a file that is not to be transcribed.
    var options: String
    /// File name of the outputs without extension, escaped; empty for a file that is not to be transcribed.
    var name: String
    /// Seconds of audio.
    var duration = 0.0
    /// Whether the recording was moved or deleted afterwards. Its name is not used for another one.
    var isGone = false

    static let baseline = "existing"

    private enum CodingKeys: String, CodingKey {
        case source, size, digest, options, name, duration
        case modified = "modified_ns"
        case isGone = "gone"
    }

    var path: RawPath { RawPath(source) }

    /// Whether it is about the file as it is now.
    func matches(_ file: BatchSource) -> Bool { size == file.size && modified == file.modified && path == file.path }
}

extension LedgerEntry {
    /// An entry for a file that is not to be transcribed.
    init(leavingOut source: BatchSource) {
        self.init(
            source: ArgumentBytes.text(source.path.bytes), size: source.size, modified: source.modified, digest: "",
            options: Self.baseline, name: "")
    }
}

/// The text of a ledger: one line of JSON for each entry behind a first line that names the format.
///
/// Lines are only appended. The last line of a killed process may be torn; it is ignored, and so is any other line that
/// cannot be read: its recording is transcribed again.
enum LedgerText {
    private struct Head: Codable { var gigasttBatch: Int }

    /// A ledger of a later version.
    struct UnknownVersion: Error {}

    static let head = Data("{\"gigasttBatch\":1}\n".utf8)

    static func line(_ entry: LedgerEntry) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(entry) + Data("\n".utf8)
    }

    /// The entries in the order in which they were written.
    static func entries(_ text: Data) throws(UnknownVersion) -> [LedgerEntry] {
        let lines = text.split(separator: UInt8(ascii: "\n"))
        let decoder = JSONDecoder()
        if let first = lines.first, let head = try? decoder.decode(Head.self, from: Data(first)), head.gigasttBatch != 1
        {
            throw UnknownVersion()
        }
        return lines.compactMap { try? decoder.decode(LedgerEntry.self, from: Data($0)) }
    }
}
