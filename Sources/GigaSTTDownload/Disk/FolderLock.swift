import Foundation

/// The right to change a model folder: the lock of its file `.download.lock`, one process at a time. It ends with the
/// process, however that ends.
final class FolderLock {
    static let fileName = ".download.lock"
    /// The system has no wait for a file's lock that ends after a time or on cancellation, so it is asked this often.
    private static let interval = Duration.milliseconds(200)

    private let open: OpenFile

    /// Waits for the lock, at most `limit`; calls `waiting` once with the holder's process number if it has to.
    ///
    /// Throws `DownloadError` with the code `locked` when the holder does not come to an end, `disk` when the folder
    /// cannot be written, or `CancellationError`.
    init(
        _ folder: URL, limit: Duration, pause: (Duration) async throws -> Void, waiting: (Int32?) -> Void
    ) async throws {
        open = try OpenFile(folder.appendingPathComponent(Self.fileName), flags: O_RDWR | O_CREAT)
        var waited = Duration.zero
        while try !open.tryLock() {
            if waited == .zero { waiting(Self.holder(in: folder)) }
            guard waited < limit else { throw Self.busy(folder, limit: limit) }
            try await pause(Self.interval)
            waited += Self.interval
        }
        try open.truncate(to: 0)
        try "\(getpid())\n".withCString { text in
            try open.write(UnsafeRawBufferPointer(start: text, count: strlen(text)))
        }
    }

    private static func holder(in folder: URL) -> Int32? {
        let text = try? String(contentsOf: folder.appendingPathComponent(fileName), encoding: .utf8)
        return text.flatMap { Int32($0.prefix(20).filter { !$0.isWhitespace }) }
    }

    private static func busy(_ folder: URL, limit: Duration) -> DownloadError {
        let holder = holder(in: folder).map { "process \($0)" } ?? "another process"
        return DownloadError(
            .locked,
            "The model folder is in use by \(holder), which did not finish within \(limit.components.seconds) s. Wait "
                + "for it or stop it, then try again.",
            place: folder.appendingPathComponent(fileName))
    }
}
