package import Foundation

/// A folder of prepared encoders: graphs laid out for speed, with weights packed for this machine and mapped at load.
///
/// ```
/// <model>-ort<version>-<runtime>/  manifest.json, encoder.onnx, encoder.data, encoder.kernels, lock
/// models/<path>.json               the remembered digest of a model file
/// building.<UUID>/                 an entry that is being made
/// .lock                            held while entries are made or removed
/// ```
/// An entry appears by a rename, complete and on the disk. Readers need no right to write.
package struct CacheFolder: Sendable, Hashable {
    /// Where it is.
    package let url: URL

    static let building = "building."
    static let removed = "removed."

    /// A folder; nothing is looked at or made.
    package init(_ url: URL) { self.url = url }

    /// The state of an entry.
    package enum Finding: Sendable {
        /// Nothing, or nothing that may be touched now.
        case absent
        /// An entry that cannot be trusted; it was removed, if `discards` was set.
        case damaged(EncoderCacheError)
        /// An encoder to load instead of the model's.
        case found(PreparedEncoder)
    }

    /// Looks for the prepared form of an encoder. Cost: a few milliseconds; nothing large is read but after a change.
    ///
    /// - Parameter discards: whether a damaged entry is removed.
    package func find(_ encoder: URL, for runtime: RuntimeFingerprint, discards: Bool = true) -> Finding {
        guard let file = FileIdentity(of: encoder), let digest = CachedDigest.digest(of: file, in: url) else {
            return .absent
        }
        return find(CacheKey(model: digest, runtime), discards: discards)
    }

    func find(_ name: CacheKey, discards: Bool = true) -> Finding {
        let folder = url.appendingPathComponent(name.description)
        guard FileManager.default.fileExists(atPath: folder.path) else { return .absent }
        do {
            guard let lease = try Self.lease(of: folder) else { return .absent }
            let manifest = try Self.manifest(in: folder)
            let checked = try manifest.checked(in: folder, as: name)
            // What cannot be noted in a read-only folder is read again at the next start.
            if checked != manifest { try? checked.write(to: folder) }
            utimes(folder.appendingPathComponent(EntryManifest.lock).path, nil)
            return .found(PreparedEncoder(folder: folder, lease: lease))
        } catch {
            if discards { discard(folder) }
            return .damaged(error)
        }
    }

    /// `nil` when another process is removing the entry, or the system gives no lock: that says nothing about the entry.
    private static func lease(of folder: URL) throws(EncoderCacheError) -> FileLock? {
        let file = folder.appendingPathComponent(EntryManifest.lock)
        guard FileManager.default.fileExists(atPath: file.path) else { throw .damaged("the lock is missing") }
        return (try? FileLock.take(file, .shared)) ?? nil
    }

    private static func manifest(in folder: URL) throws(EncoderCacheError) -> EntryManifest {
        do {
            return try EntryManifest(contentsOf: folder)
        } catch {
            throw .damaged("the manifest: \(error)")
        }
    }

    /// Removes an entry that could not be used.
    package func discard(_ prepared: PreparedEncoder) { discard(prepared.folder) }

    /// An entry is gone at once for others, and then file by file.
    func discard(_ folder: URL) {
        let trash = url.appendingPathComponent(Self.removed + UUID().uuidString)
        guard rename(folder.path, trash.path) == 0 else { return }
        try? FileManager.default.removeItem(at: trash)
    }
}

/// An encoder that is laid out for this machine. While this value is held, pruning leaves its files alone. A damaged entry is
/// removed all the same; what was mapped before stays readable.
package struct PreparedEncoder: Sendable {
    let folder: URL
    private let lease: FileLock

    init(folder: URL, lease: FileLock) { (self.folder, self.lease) = (folder, lease) }

    /// The graph to load; its weights lie beside it.
    package var graph: URL { folder.appendingPathComponent(EntryManifest.graph) }

    /// The weights for the kernels of `conformer.h`, if there are.
    package var kernels: URL? {
        let url = folder.appendingPathComponent(EntryManifest.kernels)
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }
}
