// The compiler takes `stat` for a part of Dispatch, which other files of this target import.
import Dispatch
import Foundation

/// A small file that a setting names, read whole.
struct SettingFile: Sendable {
    let bytes: [UInt8]
    /// Whether every user of the machine may read it.
    let isReadableByOthers: Bool
    /// Whether every user of the machine may write it.
    let isWritableByOthers: Bool

    /// Reads a file of at most `byteLimit` bytes. Errors name the option, not the path.
    ///
    /// Throws `ServerError` with code `fileUnusable`.
    init(_ path: String, option: String, byteLimit: Int) throws(ServerError) {
        // Without O_NONBLOCK, opening a pipe without a writer blocks.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unreadable(option, String(cString: strerror(errno))) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw Self.unreadable(option, "it is not a file")
        }
        guard let data = try? handle.read(upToCount: byteLimit + 1) ?? Data() else {
            throw Self.unreadable(option, "reading failed")
        }
        guard data.count <= byteLimit else { throw Self.unreadable(option, "it has more than \(byteLimit) bytes") }
        bytes = Array(data)
        isReadableByOthers = facts.st_mode & S_IROTH != 0
        isWritableByOthers = facts.st_mode & S_IWOTH != 0
    }

    private static func unreadable(_ option: String, _ reason: String) -> ServerError {
        ServerError(.fileUnusable, "\(option): the file cannot be read: \(reason). Check its path and permissions.")
    }
}
