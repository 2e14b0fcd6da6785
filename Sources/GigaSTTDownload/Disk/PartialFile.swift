import Foundation

/// The unfinished file `<name>.partial`: bytes go in at its end and through the digest, and only a whole and verified
/// file gets the final name.
final class PartialFile {
    private let file: ModelFile
    private let source: String
    private let final: URL
    private let partial: URL
    private let open: OpenFile
    private var digest = RunningDigest()
    /// How many bytes are there.
    private(set) var byteCount: Int64 = 0
    /// The version they belong to.
    private(set) var eTag: String?

    /// Opens what an earlier download of the same file left, or begins a new one. Reads what is there once, for the
    /// digest; throws `DownloadError` or `CancellationError`.
    init(_ file: ModelFile, from source: String, in folder: URL) throws {
        self.file = file
        self.source = source
        final = folder.appendingPathComponent(file.path)
        partial = final.appendingPathExtension("partial")
        open = try OpenFile(partial, flags: O_RDWR | O_CREAT)
        let record = PartialRecord.load(beside: partial)
        if let record, record.sha256 == file.sha256 {
            try digest.update(from: open)
            byteCount = try open.stamp().byteCount
            // Another place has the same file, and names its versions in its own way.
            eTag = record.source == source ? record.eTag : nil
        } else {
            try open.truncate(to: 0)
        }
    }

    /// Prepares for a body that begins at byte `first`, 0 or the present count, and belongs to the version `eTag`.
    func begin(first: Int64, eTag: String?) throws(DownloadError) {
        if first != byteCount || first == 0 {
            // First the old record goes: bytes of one version must never stand beside the record of another.
            unlink(PartialRecord.url(for: partial).path)
            try open.truncate(to: 0)
            (digest, byteCount) = (RunningDigest(), 0)
        }
        self.eTag = eTag
        try PartialRecord(sha256: file.sha256, source: source, eTag: eTag).write(beside: partial)
    }

    /// Adds what follows. After an error the file is of no more use in this process; its bytes are for the next one.
    func append(_ bytes: UnsafeRawBufferPointer) throws(DownloadError) {
        try open.write(bytes)
        digest.update(bytes)
        byteCount += Int64(bytes.count)
    }

    /// SHA-256 of what is there.
    var hexadecimalDigest: String { digest.hexadecimal }

    /// Gives the file its final name. When this returns, a power cut no longer takes it away.
    func install() throws(DownloadError) {
        try open.synchronize()
        guard rename(partial.path, final.path) == 0 else {
            throw DiskFailure.error("\(file.path) cannot be moved into place.", at: final)
        }
        // The folder may be a symbolic link.
        let place = final.deletingLastPathComponent()
        try OpenFile(place, flags: O_RDONLY | O_DIRECTORY, followsLinks: true).synchronize()
        VerifiedNote(digest: file.sha256, stamp: try open.stamp()).write(beside: final)
        unlink(PartialRecord.url(for: partial).path)
    }

    /// Removes it: its bytes are worth nothing.
    func discard() {
        unlink(partial.path)
        unlink(PartialRecord.url(for: partial).path)
    }
}
