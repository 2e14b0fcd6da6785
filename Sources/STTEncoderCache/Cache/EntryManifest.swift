import Foundation

/// What an entry says about itself, in `manifest.json`.
struct EntryManifest: Codable, Sendable, Equatable {
    struct File: Codable, Sendable, Equatable {
        let name: String
        let byteCount: Int64
        /// When it was last changed, as seen when its digest was last checked.
        var modified: Int64
        let sha256: String
    }

    /// The name of the entry itself.
    let entry: String
    /// File name and digest of the encoder that it was made of.
    let model: String
    let modelSHA256: String
    let runtime: String
    let build: String
    let processor: String
    /// How similar the results of the encoder and its source were on made-up speech, 0…1.
    var similarity: Double?
    var files: [File]

    static let fileName = "manifest.json"
    static let graph = "encoder.onnx"
    static let weights = "encoder.data"
    /// The weights as the kernels of `conformer.h` take them; not in every entry.
    static let kernels = "encoder.kernels"
    /// Carries the locks; its time of change is when the entry was last used.
    static let lock = "lock"

    init(
        _ entry: CacheKey, model: String, sha256: String, _ runtime: RuntimeFingerprint, similarity: Double?,
        files: [File]
    ) {
        self.entry = entry.description
        (self.model, modelSHA256) = (model, sha256)
        (self.runtime, build, processor) = (runtime.version, runtime.build, runtime.processor)
        self.similarity = similarity
        self.files = files
    }

    init(contentsOf folder: URL) throws {
        let data = try Data(contentsOf: folder.appendingPathComponent(Self.fileName))
        self = try JSONDecoder().decode(Self.self, from: data)
    }

    func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: folder.appendingPathComponent(Self.fileName), options: .atomic)
    }

    static func file(_ name: String, in folder: URL, isCancelled: () -> Bool) throws -> File {
        let url = folder.appendingPathComponent(name)
        guard let identity = FileIdentity(of: url) else { throw EncoderCacheError.damaged("\(name) is missing") }
        return File(
            name: name, byteCount: identity.byteCount, modified: identity.modified,
            sha256: try ContentDigest.ofFile(url, isCancelled: isCancelled))
    }
}

extension EntryManifest {
    /// Files that are read whole at every check: reading them costs milliseconds.
    private static let smallFile: Int64 = 4 << 20

    /// Compares the entry's files with what is written about them.
    ///
    /// A large file is read only when it was changed since it was last read: nothing of ours changes it, and the model
    /// file itself is not read at every start either. Returns the manifest with the times of what was read; throws
    /// `damaged`.
    func checked(in folder: URL, as name: CacheKey) throws(EncoderCacheError) -> EntryManifest {
        guard entry == name.description,
            Set(files.map(\.name)).subtracting([Self.kernels]) == [Self.graph, Self.weights]
        else {
            throw .damaged("the manifest is that of another entry")
        }
        var result = self
        for (index, file) in files.enumerated() {
            let url = folder.appendingPathComponent(file.name)
            guard let identity = FileIdentity(of: url) else { throw .damaged("\(file.name) is missing") }
            guard identity.byteCount == file.byteCount else { throw .damaged("\(file.name) has another size") }
            if identity.modified == file.modified && file.byteCount > Self.smallFile { continue }
            guard (try? ContentDigest.ofFile(url)) == file.sha256 else { throw .damaged("\(file.name) was changed") }
            result.files[index].modified = identity.modified
        }
        return result
    }
}
