import Foundation
import HTTPTypes
import NIOCore
import NIOPosix

/// A file of our own in the temporary folder; it is removed when nobody needs it any more.
final class SpoolFile: Sendable {
    let url: URL
    private let handle: FileHandle

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("gigastt-upload-\(UUID().uuidString)")
        // Speech is nobody else's business.
        guard FileManager.default.createFile(atPath: url.path, contents: nil, attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        handle = try FileHandle(forWritingTo: url)
    }

    func append(_ data: Data) throws { try handle.write(contentsOf: data) }

    deinit {
        try? handle.close()
        try? FileManager.default.removeItem(at: url)
    }

    /// Moves bytes to the end of a file, which is made when there is none yet.
    static func append(_ bytes: inout ByteBuffer, to file: SpoolFile?) async throws -> SpoolFile {
        let content = Data(bytes.readableBytesView)
        bytes.clear()
        do {
            // Disks block, event loops and tasks must not.
            return try await NIOThreadPool.singleton.runIfActive {
                let file = try file ?? SpoolFile()
                try file.append(content)
                return file
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw HTTPFailure(.internalServerError, code: "internal", "Internal server error")
        }
    }
}
