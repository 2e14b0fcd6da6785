package import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What tells cheaply that a file is still the one that was read: where it lies, its inode, its size, and the time of its
/// last change.
package struct FileIdentity: Sendable, Hashable, Codable {
    /// The path, without symbolic links.
    package var path: String
    package var device: UInt64
    package var inode: UInt64
    package var byteCount: Int64
    /// Nanoseconds since 1970.
    package var modified: Int64

    /// Looks at a file, through symbolic links; `nil` when there is none that is regular.
    package init?(of url: URL) {
        let place = url.resolvingSymlinksInPath()
        var status = stat()
        guard stat(place.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        path = place.path
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(status.st_ino)
        byteCount = Int64(status.st_size)
        modified = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension ContentDigest {
    /// The digest of a file's content; `isCancelled` is asked once a megabyte.
    ///
    /// Throws `CancellationError`, or what reading throws.
    package static func ofFile(_ url: URL, isCancelled: () -> Bool = { false }) throws -> String {
        let file = try FileHandle(forReadingFrom: url)
        defer { try? file.close() }
        var digest = ContentDigest()
        while let block = try file.read(upToCount: 1 << 20), !block.isEmpty {
            if isCancelled() { throw CancellationError() }
            block.withUnsafeBytes { digest.update($0) }
        }
        return digest.hexadecimal
    }

    /// The digest of a text.
    package static func of(_ text: String) -> String {
        var digest = ContentDigest()
        Array(text.utf8).withUnsafeBytes { digest.update($0) }
        return digest.hexadecimal
    }
}
