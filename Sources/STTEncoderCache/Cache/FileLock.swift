package import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An advisory lock of a file. It ends with this object, and with the process, however that ends.
package final class FileLock: Sendable {
    /// Which locks are possible beside this one.
    package enum Kind: Sendable {
        /// Other shared ones. The file is only read, so that the folder may be read-only.
        case shared
        /// None. The file is made when it is not there.
        case exclusive
    }

    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    // Unlocked by itself: a process that is being started may have a copy of the descriptor for a moment.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Takes the lock without waiting; `nil` when it is held already.
    ///
    /// Throws `unwritable` when the file cannot be opened, or its file system knows no locks.
    package static func take(_ url: URL, _ kind: Kind) throws(EncoderCacheError) -> FileLock? {
        let flags = kind == .shared ? O_RDONLY : O_RDWR | O_CREAT
        let descriptor = open(url.path, flags | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw .unwritable("\(url.path): \(String(cString: strerror(errno)))") }
        let lock = FileLock(descriptor)
        if flock(descriptor, (kind == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 { return lock }
        if errno == EWOULDBLOCK { return nil }
        throw .unwritable("\(url.path): \(String(cString: strerror(errno)))")
    }
}
