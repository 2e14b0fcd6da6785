package import Foundation
import NIOPosix

/// Where the recordings of jobs are until those are over. A recording arrives as a file in the job folder of its server, and
/// it can be read at every server as soon as it is kept.
///
/// Every method that is asynchronous throws `JobStoreError`, and `CancellationError` when the task is cancelled.
package protocol AudioStore: Sendable {
    /// Makes sure that recordings can be kept, read and removed; called once before anything else.
    func open() async throws

    /// Keeps the recording that is whole in the job folder: it is durable, and others see all of it or nothing. May be
    /// repeated.
    ///
    /// - Returns: its length in bytes.
    func keep(_ name: String) async throws -> Int

    /// A recording as a file to be read, until it is passed to `release`; `nil` when there is no such recording.
    func file(_ name: String) async throws -> URL?

    /// A file of this server is not needed any more: that of `file`, or that in the job folder once its job is stored.
    /// Blocks for a moment.
    func release(_ file: URL)

    /// Removes a recording; that there is none is no error.
    func remove(_ name: String) async throws

    /// The names of the recordings that are kept, and when each was changed last, in seconds since 1970.
    func recordings() async throws -> [String: Double]

    /// Whether a recording that is kept is elsewhere than in the job folder, which then holds working files only.
    var isRemote: Bool { get }
}

/// The job folder itself, of one server or shared by several.
extension JobFolder: AudioStore {
    package var isRemote: Bool { false }

    package func open() async throws {}

    package func keep(_ name: String) async throws -> Int {
        try await NIOThreadPool.singleton.runIfActive { [self] in try synchronize(name) }
    }

    package func file(_ name: String) async throws -> URL? {
        let url = audio(name)
        return try await NIOThreadPool.singleton.runIfActive {
            FileManager.default.fileExists(atPath: url.path) ? url : nil
        }
    }

    package func release(_ file: URL) {}

    package func remove(_ name: String) async throws {
        try await NIOThreadPool.singleton.runIfActive { [self] in discard(name) }
    }

    package func recordings() async throws -> [String: Double] {
        try await NIOThreadPool.singleton.runIfActive { [self] in files() }
    }
}
