import Foundation
import NIOCore

/// All that a download does with files, one step at a time and away from the threads of Swift concurrency.
actor ModelDisk {
    private let executor = QueueExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let folder: URL
    private var partial: PartialFile?

    init(_ folder: URL) { self.folder = folder }

    /// Which of the files, all with one path, is in place with the pinned content; `nil`: none. Reads what is there when
    /// no note vouches for it, and then calls `reading` first.
    func held(of files: [ModelFile], reading: @Sendable () -> Void) throws -> ModelFile? {
        guard let path = files.first?.path else { return nil }
        let url = folder.appendingPathComponent(path)
        guard let stamp = FileStamp(of: url), stamp.isRegular else { return nil }
        let possible = files.filter { $0.exactByteCount ?? stamp.byteCount == stamp.byteCount }
        if possible.isEmpty { return nil }
        if let digest = VerifiedNote.digest(of: url, now: stamp) { return possible.first { $0.sha256 == digest } }
        reading()
        let digest = try Self.digest(of: url)
        guard let held = possible.first(where: { $0.sha256 == digest }) else { return nil }
        // Had it been changed meanwhile, the note would not vouch for what it is now.
        VerifiedNote(digest: digest, stamp: stamp).write(beside: url)
        return held
    }

    /// Whether there is anything under the file's name.
    func exists(_ file: ModelFile) -> Bool { FileStamp(of: folder.appendingPathComponent(file.path)) != nil }

    /// SHA-256 of a file of the folder, read now whatever a note says. Throws `DownloadError` or `CancellationError`.
    func digest(ofFile path: String) throws -> String { try Self.digest(of: folder.appendingPathComponent(path)) }

    private static func digest(of url: URL) throws -> String {
        // Through symbolic links: models may be kept on other disks.
        let open = try OpenFile(url, flags: O_RDONLY, followsLinks: true)
        var digest = RunningDigest()
        try digest.update(from: open)
        return digest.hexadecimal
    }

    /// The files that may belong to a model: in the folder itself and in those for the extras, without our own notes
    /// and without unfinished files. Sorted.
    func paths() throws(DownloadError) -> [String] {
        var paths: [String] = []
        for part in ["", "vad/", "punct/"] {
            let place = folder.appendingPathComponent(part)
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: place.path) else {
                if part.isEmpty { throw DiskFailure.error("The model folder cannot be read.", at: folder) }
                continue
            }
            paths += names.filter { name in
                let stamp = FileStamp(of: place.appendingPathComponent(name))
                return stamp?.isRegular == true && !Self.isOurs(name)
            }.map { part + $0 }
        }
        return paths.sorted()
    }

    private static func isOurs(_ name: String) -> Bool {
        name == FolderLock.fileName || name.hasSuffix(".sha256") || name.hasSuffix(".partial")
            || name.contains(".partial.")
    }

    /// Makes the folder and those below it that `files` need.
    func makeFolders(for files: [ModelFile]) throws(DownloadError) {
        for url in [folder] + folders(of: files) {
            do {
                try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            } catch {
                throw DownloadError(
                    .disk, "The model folder cannot be made. Choose another with --model-dir.", place: url,
                    cause: "\(error.localizedDescription)")
            }
        }
    }

    func sweep(for files: [ModelFile]) {
        for url in Set([folder] + folders(of: files)) { StalePartials.sweep(url) }
    }

    /// How many bytes of the unfinished file are there.
    var byteCount: Int64 { partial?.byteCount ?? 0 }

    /// Begins with a file, or goes on with it: how many bytes there are, and of which version.
    func open(_ file: ModelFile, from source: String) throws -> (held: Int64, eTag: String?) {
        let opened = try PartialFile(file, from: source, in: folder)
        partial = opened
        return (opened.byteCount, opened.eTag)
    }

    /// Prepares for a body; see `PartialFile.begin`.
    func begin(first: Int64, eTag: String?) throws(DownloadError) { try partial?.begin(first: first, eTag: eTag) }

    /// Drops what is there, if anything.
    func clear() throws(DownloadError) {
        if byteCount > 0 { try partial?.begin(first: 0, eTag: nil) }
    }

    func append(_ block: ByteBuffer) throws {
        try block.withUnsafeReadableBytes { bytes in try partial?.append(bytes) }
    }

    var digest: String { partial?.hexadecimalDigest ?? "" }

    /// Gives the file its final name.
    func install() throws(DownloadError) {
        try partial?.install()
        partial = nil
    }

    /// Removes the unfinished file: its bytes are worth nothing.
    func discard() {
        partial?.discard()
        partial = nil
    }

    /// Leaves the unfinished file for the next time, unless it is empty.
    func leave() {
        if byteCount == 0 { partial?.discard() }
        partial = nil
    }

    private func folders(of files: [ModelFile]) -> [URL] {
        files.map { folder.appendingPathComponent($0.path).deletingLastPathComponent() }
    }
}
