import Foundation

/// The file `<name>.partial.json` beside an unfinished file: what its bytes are the beginning of.
struct PartialRecord: Codable, Equatable {
    /// The pin of the file when it was begun.
    var sha256: String
    /// The address it was asked from.
    var source: String
    /// The version as the server named it.
    var eTag: String?

    static func url(for partial: URL) -> URL { partial.appendingPathExtension("json") }

    /// The record beside `partial`; `nil` when there is none that can be read.
    static func load(beside partial: URL) -> PartialRecord? {
        guard let data = try? Data(contentsOf: url(for: partial)) else { return nil }
        return try? JSONDecoder().decode(PartialRecord.self, from: data)
    }

    func write(beside partial: URL) throws(DownloadError) {
        let place = Self.url(for: partial)
        do {
            try JSONEncoder().encode(self).write(to: place, options: .atomic)
        } catch {
            throw DownloadError(
                .disk, "The model folder cannot be written. Make it writable, or choose another with --model-dir.",
                place: place, cause: "\(error)")
        }
    }
}
