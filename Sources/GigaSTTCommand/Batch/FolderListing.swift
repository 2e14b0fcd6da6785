import Foundation

/// The recordings below a folder, by the bytes of their names.
struct FolderListing {
    /// Names that end so are taken for recordings, in any case.
    static let extensions: Set<String> = [
        "3gp", "aac", "ac3", "aif", "aiff", "amr", "au", "avi", "caf", "flac", "flv", "gsm", "m4a", "mka", "mkv", "mov",
        "mp2", "mp3", "mp4", "mpg", "oga", "ogg", "opus", "sln", "ts", "w64", "wav", "webm", "wma",
    ]

    /// The recordings in order of their paths.
    private(set) var files: [BatchSource] = []
    /// Folders that could not be read.
    private(set) var failures: [(path: RawPath, reason: String)] = []

    /// Searches `root` and what is below it, without following links to folders, without hidden names, and without the
    /// `excluded` folders.
    init(of root: RawPath, excluding excluded: Set<FileStatus.Identity>) {
        var folders = [RawPath(bytes: [])]
        while let folder = folders.popLast() {
            let names: [[UInt8]]
            do {
                names = try Self.names(in: folder.bytes.isEmpty ? root : root.appending(folder))
            } catch {
                failures.append((folder, error.reason))
                continue
            }
            for name in names where name.first != UInt8(ascii: ".") {
                let path = folder.bytes.isEmpty ? RawPath(bytes: name) : folder.appending(RawPath(bytes: name))
                guard let status = try? FileStatus(of: root.appending(path)) else { continue }
                switch status.kind {
                case .folder:
                    let isLink = root.appending(path).isLink
                    if !isLink, !excluded.contains(status.identity) { folders.append(path) }
                case .regular where Self.extensions.contains(path.fileExtension):
                    files.append(BatchSource(path: path, size: status.size, modified: status.modified))
                default: break
                }
            }
        }
        files.sort { $0.path < $1.path }
    }

    private static func names(in folder: RawPath) throws(SystemFailure) -> [[UInt8]] {
        // Proof: opendir(3) reads the path within the call; the stream is used and closed in this function only.
        guard let stream = unsafe opendir(folder.cString) else { throw SystemFailure() }
        // Proof: see above.
        defer { _ = unsafe closedir(stream) }
        var names: [[UInt8]] = []
        errno = 0
        // Proof: readdir(3) gives an entry that is valid until the next call on the stream; its name ends in a zero.
        while let entry = unsafe readdir(stream) {
            unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 1) { name in
                    names.append(unsafe ArgumentBytes.bytes(ofCString: name))
                }
            }
            errno = 0
        }
        guard errno == 0 else { throw SystemFailure() }
        return names
    }
}
