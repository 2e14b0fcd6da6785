import Foundation

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A regular file, read where it lies.
final class FileBytes: ByteSource {
    /// The system's answer, for the operator.
    struct SystemError: Error, CustomDebugStringConvertible {
        let number: Int32
        let path: String
        var debugDescription: String { "\(String(cString: strerror(number))): \(path)" }
    }

    private let descriptor: Int32
    private let path: String
    let byteCount: Int?

    init(_ url: URL) throws(MediaError) {
        guard url.isFileURL else {
            throw MediaError(.unreadable, "The address is not that of a file. Give a file URL.")
        }
        path = url.path
        // Without O_NONBLOCK, opening a named pipe would wait for its writer.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.openError(errno, path: path) }
        var status = stat()
        let kind = fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
        guard kind == S_IFREG else {
            close(descriptor)
            throw kind == S_IFDIR
                ? MediaError(.unreadable, "The address is that of a folder. Give one audio file.")
                : MediaError(.unreadable, "The address is that of a pipe or device. Give an audio file or a stream.")
        }
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    var isSeekable: Bool { true }

    func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int {
        guard offset >= 0, target.count > 0 else { return 0 }
        while true {
            let count = pread(descriptor, target.baseAddress, target.count, off_t(offset))
            if count >= 0 { return count }
            if errno == EINTR { continue }
            throw MediaError(
                .unreadable, "The file could not be read to its end. Check the disk and try again.",
                cause: SystemError(number: errno, path: path))
        }
    }

    private static func openError(_ number: Int32, path: String) -> MediaError {
        let message =
            switch number {
            case ENOENT, ENOTDIR: "The file does not exist. Check its name."
            case EACCES, EPERM: "No permission to read the file. Change its access rights."
            case EMFILE, ENFILE: "Too many files are open. Try again when less is running."
            default: "The file could not be opened. Check that it can be read."
            }
        return MediaError(.unreadable, message, cause: SystemError(number: number, path: path))
    }
}
