import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that is written under another name and moved into its place when it is complete and on the disk.
///
/// It is locked while it is written: an unlocked one was left by a process that was killed.
final class AtomicFileWriter {
    /// Where it is written; gone when it was not moved.
    let temporary: URL
    private let target: URL
    private let handle: FileHandle
    private let lock: Int32

    /// Throws `unwritable`.
    init(_ target: URL) throws(QuantizeError) {
        self.target = target
        temporary = target.deletingLastPathComponent()
            .appendingPathComponent(PartialFile.name(for: target.lastPathComponent))
        PartialFile.removeAbandoned(target.deletingLastPathComponent())
        // The lock has a descriptor of its own: it outlives the handle, which ends when the bytes are on the disk.
        lock = open(temporary.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard lock >= 0 else { throw Self.unwritable(target, String(cString: strerror(errno))) }
        flock(lock, LOCK_EX | LOCK_NB)
        guard let handle = try? FileHandle(forWritingTo: temporary) else {
            Self.closeDescriptor(lock)
            unlink(temporary.path)
            throw Self.unwritable(target, "cannot be opened")
        }
        self.handle = handle
    }

    deinit {
        unlink(temporary.path)
        Self.closeDescriptor(lock)
    }

    func write(_ bytes: Data) throws(QuantizeError) {
        do {
            try handle.write(contentsOf: bytes)
        } catch {
            throw Self.unwritable(target, "\(error)")
        }
    }

    /// Ends the writing; the bytes are on the disk then.
    func close() throws(QuantizeError) {
        do {
            try handle.synchronize()
            try handle.close()
        } catch {
            throw Self.unwritable(target, "\(error)")
        }
    }

    func moveIntoPlace() throws(QuantizeError) {
        guard rename(temporary.path, target.path) == 0 else { throw Self.unwritable(target, "cannot be renamed") }
        // So that the new name survives a loss of power too; some file systems cannot do that.
        let folder = open(target.deletingLastPathComponent().path, O_RDONLY)
        guard folder >= 0 else { return }
        fsync(folder)
        Self.closeDescriptor(folder)
    }

    private static func closeDescriptor(_ descriptor: Int32) {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #else
            Darwin.close(descriptor)
        #endif
    }

    private static func unwritable(_ target: URL, _ reason: String) -> QuantizeError {
        QuantizeError(
            .unwritable, "The encoder cannot be written. Check the folder's permissions and the free space.",
            detail: "\(target.path): \(reason)")
    }
}
