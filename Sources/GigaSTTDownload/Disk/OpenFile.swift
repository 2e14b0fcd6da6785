import Foundation

/// An open file of the system, closed when it is let go.
final class OpenFile {
    let url: URL
    private let descriptor: Int32

    /// Opens a file, not through a symbolic link unless `followsLinks`, and never for the programs that this one starts.
    init(_ url: URL, flags: Int32, followsLinks: Bool = false) throws(DownloadError) {
        self.url = url
        descriptor = open(url.path, flags | O_CLOEXEC | (followsLinks ? 0 : O_NOFOLLOW), 0o644)
        if descriptor < 0 { throw DiskFailure.error("\(url.lastPathComponent) cannot be opened.", at: url) }
    }

    // Unlocked by itself: a process that is being started may have a copy of the descriptor for a moment.
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Size and time of the last change.
    func stamp() throws(DownloadError) -> FileStamp {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw DiskFailure.error("\(url.lastPathComponent) cannot be looked at.", at: url)
        }
        return FileStamp(status)
    }

    /// Appends to where the last call ended.
    func write(_ bytes: UnsafeRawBufferPointer) throws(DownloadError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw DiskFailure.error("\(url.lastPathComponent) cannot be written.", at: url) }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
    }

    /// Fills the front of `block` with what follows; 0 at the end.
    func read(into block: UnsafeMutableRawBufferPointer) throws(DownloadError) -> Int {
        while true {
            let count = Foundation.read(descriptor, block.baseAddress, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw DiskFailure.error("\(url.lastPathComponent) cannot be read.", at: url) }
            return count
        }
    }

    /// Shortens the file and goes on writing there.
    func truncate(to count: Int64) throws(DownloadError) {
        guard ftruncate(descriptor, off_t(count)) == 0, lseek(descriptor, off_t(count), SEEK_SET) >= 0 else {
            throw DiskFailure.error("\(url.lastPathComponent) cannot be shortened.", at: url)
        }
    }

    /// Waits until everything is on the disk itself.
    func synchronize() throws(DownloadError) {
        guard fsync(descriptor) == 0 else {
            throw DiskFailure.error("\(url.lastPathComponent) cannot be written to the disk.", at: url)
        }
    }

    /// Takes the file's lock without waiting; `false` when another process has it. The lock ends with this object.
    func tryLock() throws(DownloadError) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        if errno == EWOULDBLOCK || errno == EINTR { return false }
        throw DiskFailure.error("The model folder cannot be locked.", at: url)
    }
}
