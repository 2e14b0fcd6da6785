import Crypto
import Foundation
import NIOPosix
import STTJobs

/// The file of an upload in the job folder: its length is what has arrived. Everything but the declarations blocks.
struct UploadFile: Sendable {
    let url: URL

    init(_ folder: JobFolder, _ id: String) { url = folder.audio(id) }

    /// Bytes that have arrived.
    var length: Int {
        let size = try? FileManager.default.attributesOfItem(atPath: url.path)[.size] as? NSNumber
        return size?.intValue ?? 0
    }

    /// The same; `nil` while a request writes to it, here or at another server.
    var settledLength: Int? {
        guard let handle = try? open(O_WRONLY) else { return nil }
        return (try? handle.seekToEnd()).map { Int(clamping: $0) }
    }

    /// Opens it behind what has arrived; makes it, readable by its user only, where there is none.
    ///
    /// Throws `CocoaError`, with code `fileLocking` while another server writes to it.
    func open() throws -> FileHandle { try open(O_WRONLY | O_CREAT | O_APPEND) }

    private func open(_ flags: CInt) throws -> FileHandle {
        let descriptor = Foundation.open(url.path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw CocoaError(.fileLocking) }
        return handle
    }
}

/// `Upload-Checksum`: the digest of one part.
struct UploadChecksum: Sendable {
    /// `sha1` is obligatory in the extension of tus.
    enum Algorithm: String, Sendable, CaseIterable { case sha1, sha256 }

    private var sha1 = Insecure.SHA1()
    private var sha256 = SHA256()
    private let algorithm: Algorithm
    private let expected: Data

    /// `nil` for a field that is not an algorithm and Base64.
    init?(_ field: String) {
        let parts = field.split(separator: " ")
        guard parts.count == 2, let algorithm = Algorithm(rawValue: String(parts[0])),
            let expected = Data(base64Encoded: String(parts[1]))
        else { return nil }
        (self.algorithm, self.expected) = (algorithm, expected)
    }

    mutating func update(_ data: Data) {
        switch algorithm {
        case .sha1: sha1.update(data: data)
        case .sha256: sha256.update(data: data)
        }
    }

    var isRight: Bool {
        switch algorithm {
        case .sha1: Data(sha1.finalize()) == expected
        case .sha256: Data(sha256.finalize()) == expected
        }
    }
}
