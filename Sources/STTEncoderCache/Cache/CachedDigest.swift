import Foundation

/// The digest of a model file, kept so that 850 MB need not be read at every start: in `models/`, one file for each path.
struct CachedDigest: Codable, Sendable, Equatable {
    let file: FileIdentity
    let sha256: String

    static let folderName = "models"

    /// Where the stamp of a model is kept.
    static func url(ofPath path: String, in cache: URL) -> URL {
        cache.appendingPathComponent(folderName)
            .appendingPathComponent("\(ContentDigest.of(path).prefix(16)).json")
    }

    init(file: FileIdentity, sha256: String) { (self.file, self.sha256) = (file, sha256) }

    init?(contentsOf url: URL) {
        guard let data = try? Data(contentsOf: url), let stamp = try? JSONDecoder().decode(Self.self, from: data) else {
            return nil
        }
        self = stamp
    }

    /// The digest of a file that was not changed since it was read; `nil` when nothing is known about it.
    static func digest(of file: FileIdentity, in cache: URL) -> String? {
        guard let stamp = Self(contentsOf: url(ofPath: file.path, in: cache)), stamp.file == file else { return nil }
        return stamp.sha256
    }

    func write(in cache: URL) throws(EncoderCacheError) {
        let url = Self.url(ofPath: file.path, in: cache)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try JSONEncoder().encode(self).write(to: url, options: .atomic)
        } catch {
            throw .unwritable("\(url.path): \(error)")
        }
    }

    /// Whether the file is still there as it was read.
    var isCurrent: Bool { FileIdentity(of: URL(fileURLWithPath: file.path)) == file }
}
