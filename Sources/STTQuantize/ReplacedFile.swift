import Foundation
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that is written under another name and moved into its place when it is complete and on the disk.
final class ReplacedFile {
    /// Where it is written; gone when it was not moved.
    let temporary: URL
    private let target: URL
    private let handle: FileHandle

    /// Throws `unwritable`.
    init(_ target: URL) throws {
        self.target = target
        temporary = target.deletingLastPathComponent()
            .appendingPathComponent("\(target.lastPathComponent).partial.\(UUID().uuidString)")
        guard FileManager.default.createFile(atPath: temporary.path, contents: nil),
            let handle = try? FileHandle(forWritingTo: temporary)
        else { throw Self.unwritable(target, "cannot be created") }
        self.handle = handle
    }

    deinit { try? FileManager.default.removeItem(at: temporary) }

    func write(_ bytes: Data) throws {
        do {
            try handle.write(contentsOf: bytes)
        } catch {
            throw Self.unwritable(target, "\(error)")
        }
    }

    /// Ends the writing; the bytes are on the disk then.
    func close() throws {
        do {
            try handle.synchronize()
            try handle.close()
        } catch {
            throw Self.unwritable(target, "\(error)")
        }
    }

    func moveIntoPlace() throws {
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
