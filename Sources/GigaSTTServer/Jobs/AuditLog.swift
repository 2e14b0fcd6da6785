import Foundation
import NIOPosix
import STTValues
import Synchronization

/// A file with a line of JSON for each access to a job: when, who, what, which job. It holds no text and no paths.
///
/// A line is written before the action is performed: what cannot be recorded is refused.
final class AuditLog: Sendable {
    /// What is done with a job.
    enum Action: String, Sendable, CaseIterable {
        case submit, read, cancel, erase
    }

    private let handle: FileHandle
    /// Whether the last line is complete.
    private let isWhole: Mutex<Bool>

    /// Opens or makes the file, which only its user may read. Blocks.
    ///
    /// Throws `ServerError` with code `fileUnusable`.
    init(_ path: String) throws(ServerError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = POSIXError.Code(rawValue: errno).map { "\($0)" } ?? "error \(errno)"
            throw ServerError(
                .fileUnusable, "--audit-log: the file cannot be written: \(reason). Check its path and permissions.")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        self.handle = handle
        let length = (try? handle.seekToEnd()) ?? 0
        let isEmpty = length == 0 || (try? handle.seek(toOffset: length - 1)) == nil
        isWhole = Mutex(isEmpty || (try? handle.read(upToCount: 1)) == Data("\n".utf8))
    }

    /// Adds a line. `key` is the name of the API key, where one was needed.
    ///
    /// Throws `HTTPFailure` with code `jobs_unavailable`.
    func write(_ action: Action, _ job: String, key: String?) async throws {
        let time = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let value: JSONValue = [
            "time": .string(time), "action": .string(action.rawValue), "job_id": .string(job),
            "key": key.map { .string($0) },
        ]
        let line = value.description + "\n"
        do {
            try await NIOThreadPool.singleton.runIfActive { [self] in try append(line) }
        } catch is CocoaError {
            throw HTTPFailure.jobsUnavailable
        }
    }

    /// A line that a full disk has cut must not take the next one with it.
    private func append(_ line: String) throws {
        try isWhole.withLock { isWhole in
            let start = isWhole ? "" : "\n"
            isWhole = false
            try handle.write(contentsOf: Data((start + line).utf8))
            isWhole = true
        }
    }
}
