package import Foundation

/// The folder of a server's jobs: the database and, below `audio`, the recordings that are not recognised yet.
///
/// One process uses it at a time, unless it is shared. Everything in it can be read by its user only.
package final class JobFolder: Sendable {
    /// Where it is.
    package let url: URL
    /// Holds the lock; it goes with the process, however that ends. `nil` for a folder that is shared.
    private let lock: FileHandle?

    /// Takes a folder, which is made when there is none. Blocks.
    ///
    /// - Parameter isShared: whether other processes may use it at the same time.
    ///
    /// Throws `JobStoreError`: `unusable`, `inUse`.
    package init(_ url: URL, isShared: Bool = false) throws(JobStoreError) {
        self.url = url
        let audio = Self.audio(in: url)
        do {
            try FileManager.default.createDirectory(
                at: audio, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Self.unusable("\(error)")
        }
        if isShared {
            lock = nil
            return
        }
        let descriptor = Foundation.open(url.appendingPathComponent("lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.unusable(SystemError.text(errno)) }
        lock = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            guard number == EWOULDBLOCK else { throw Self.unusable(SystemError.text(number)) }
            throw JobStoreError(
                .inUse, "Another server uses the job folder. Stop it, or give this one a --jobs-dir of its own.")
        }
    }

    // Unlocked by itself: a process that is being started may have a copy of the descriptor for a moment.
    deinit { if let lock { flock(lock.fileDescriptor, LOCK_UN) } }

    /// Where the recording of a job is, or will be.
    package func audio(_ name: String) -> URL { Self.audio(in: url).appendingPathComponent(name) }

    /// Writes a recording of the folder through to the disk and returns its length in bytes. Blocks.
    package func synchronize(_ name: String) throws -> Int {
        let count = try Self.synchronize(audio(name).path, O_RDONLY)
        _ = try Self.synchronize(Self.audio(in: url).path, O_RDONLY | O_DIRECTORY)
        return count
    }

    /// Removes a file of the folder; that there is none is no error. Blocks.
    package func discard(_ name: String) { try? FileManager.default.removeItem(at: audio(name)) }

    /// The names of the files in the folder, and when each was changed last, in seconds since 1970. Blocks.
    package func files() -> [String: Double] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: Self.audio(in: url).path)) ?? []
        return names.reduce(into: [:]) { times, name in
            let attributes = try? FileManager.default.attributesOfItem(atPath: audio(name).path)
            times[name] = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970
        }
    }

    private static func audio(in url: URL) -> URL { url.appendingPathComponent("audio", isDirectory: true) }

    /// Writes a file or folder through to the disk and returns its length.
    private static func synchronize(_ path: String, _ flags: CInt) throws -> Int {
        let descriptor = Foundation.open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw unusable(SystemError.text(errno)) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard fsync(descriptor) == 0 else {
            let number = errno
            throw number == ENOSPC || number == EDQUOT ? full(number) : unusable(SystemError.text(number))
        }
        return flags & O_DIRECTORY != 0 ? 0 : Int(clamping: try file.seekToEnd())
    }

    private static func unusable(_ detail: String) -> JobStoreError {
        JobStoreError(
            .unusable, "The job folder cannot be made or written. Check --jobs-dir and its permissions.", detail: detail
        )
    }

    private static func full(_ number: CInt) -> JobStoreError {
        JobStoreError(
            .full, "There is no space left for jobs. Free some on the disk of --jobs-dir.",
            detail: SystemError.text(number))
    }
}

/// The system's own words for the number of an error.
private enum SystemError {
    static func text(_ number: CInt) -> String {
        POSIXError.Code(rawValue: number).map { "\($0)" } ?? "error \(number)"
    }
}
