import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file of received audio. It is removed with its last owner unless it was handed over.
final class SpoolFile: Sendable {
    /// Where the file is.
    let url: URL
    private let isOwned = Mutex(true)
    private let handle: FileHandle
    /// The folder stays as long as a file of it.
    private let folder: SpoolFolder

    /// Makes a file that only this user may read, and never opens one that is there already.
    init(at url: URL, in folder: SpoolFolder) throws {
        let descriptor = open(url.path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        self.url = url
        self.folder = folder
    }

    deinit {
        if isOwned.withLock({ $0 }) { try? FileManager.default.removeItem(at: url) }
    }

    /// Adds bytes at the end. Blocks.
    func append(_ data: Data) throws { try handle.write(contentsOf: data) }

    /// Ends writing, which frees the descriptor.
    func finish() throws { try handle.close() }

    /// Moves the file to another place on the same disk; from then on the caller owns it. Blocks.
    func handOver(to destination: URL) throws {
        try isOwned.withLock { isOwned in
            guard isOwned else { throw CocoaError(.fileNoSuchFile) }
            guard rename(url.path, destination.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
            isOwned = false
        }
    }
}
