import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The folder of a server's spool files: readable by its user only, made when the first file needs it, and removed
/// with everything in it at the end. What a killed process left behind is removed by the next one.
final class SpoolFolder: Sendable {
    private static let prefix = "gigastt-spool-"
    /// Younger folders may be those of a server that is just starting.
    private static let graceSeconds = 60

    private struct Folder {
        let url: URL
        /// Holds the lock that tells other processes that this one lives.
        let descriptor: CInt
    }

    private let parent: URL
    private let folder = Mutex<Folder?>(nil)

    /// - Parameter parent: where the folder is made.
    init(in parent: URL = FileManager.default.temporaryDirectory) { self.parent = parent }

    deinit {
        guard let folder = folder.withLock({ $0 }) else { return }
        try? FileManager.default.removeItem(at: folder.url)
        close(folder.descriptor)
    }

    /// A new file, open for writing. Blocks.
    func makeFile() throws -> SpoolFile {
        try SpoolFile(at: url().appendingPathComponent(UUID().uuidString), in: self)
    }

    private func url() throws -> URL {
        try folder.withLock { folder in
            if let folder { return folder.url }
            Self.sweep(parent)
            let made = try Self.make(in: parent)
            folder = made
            return made.url
        }
    }

    private static func make(in parent: URL) throws -> Folder {
        let url = parent.appendingPathComponent(prefix + UUID().uuidString, isDirectory: true)
        guard mkdir(url.path, 0o700) == 0 else { throw CocoaError(.fileWriteUnknown) }
        let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw CocoaError(.fileLocking)
        }
        return Folder(url: url, descriptor: descriptor)
    }

    /// Removes the folders of this user's processes that have ended.
    private static func sweep(_ parent: URL) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let path = parent.appendingPathComponent(name).path
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_uid == geteuid() else { continue }
            let age = Date.now.timeIntervalSince1970 - Double(status.modificationSeconds)
            // The lock goes with the process that held it.
            guard age > Double(graceSeconds), flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { continue }
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}

extension stat {
    fileprivate var modificationSeconds: Int {
        #if os(Linux)
            st_mtim.tv_sec
        #else
            st_mtimespec.tv_sec
        #endif
    }
}
