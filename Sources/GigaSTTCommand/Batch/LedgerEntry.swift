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

/// Attempts at a recording that are not known to have ended: the process has ended in them, or they run.
struct LedgerAttempt: Codable, Sendable, Hashable {
    /// As in `LedgerEntry`.
    var source: String
    var size: Int64
    var modified: Int64
    var options: String
    /// 0: they have ended.
    var count: Int

    private enum CodingKeys: String, CodingKey {
        case source, size, options
        case modified = "modified_ns"
        case count = "attempts"
    }

    init(_ source: BatchSource, options: String, count: Int) {
        self.source = ArgumentBytes.text(source.path.bytes)
        (size, modified, self.options, self.count) = (source.size, source.modified, options, count)
    }

    var path: RawPath { RawPath(source) }

    /// Whether it is about the file as it is now, recognised with these options.
    func matches(_ file: BatchSource, options: String) -> Bool {
        size == file.size && modified == file.modified && path == file.path && self.options == options
    }
}

/// A line of a ledger.
enum LedgerRecord: Sendable, Hashable {
    case entry(LedgerEntry)
    case attempt(LedgerAttempt)
}

/// The text of a ledger: one line of JSON for each entry behind a first line that names the format.
///
/// Lines are appended; a file with many replaced lines is written anew. The last line of a killed process may be torn; it
/// is ignored, and so is any other line that cannot be read: its recording is transcribed again.
enum LedgerText {
    private struct Head: Codable { var gigasttBatch: Int }

    /// A ledger of a later version.
    struct UnknownVersion: Error {}

    static let head = Data("{\"gigasttBatch\":1}\n".utf8)

    static func line(_ record: LedgerRecord) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let content =
            switch record {
            case .entry(let entry): try encoder.encode(entry)
            case .attempt(let attempt): try encoder.encode(attempt)
            }
        return content + Data("\n".utf8)
    }

    /// The lines in the order in which they were written.
    static func records(_ text: Data) throws(UnknownVersion) -> [LedgerRecord] {
        let lines = text.split(separator: UInt8(ascii: "\n"))
        let decoder = JSONDecoder()
        if let first = lines.first, let head = try? decoder.decode(Head.self, from: Data(first)), head.gigasttBatch != 1
        {
            throw UnknownVersion()
        }
        return lines.compactMap { line in
            if let entry = try? decoder.decode(LedgerEntry.self, from: Data(line)) { return .entry(entry) }
            return (try? decoder.decode(LedgerAttempt.self, from: Data(line))).map { .attempt($0) }
        }
    }
}
