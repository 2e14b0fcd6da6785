import Foundation

// The compiler takes `stat` for a part of this module, depending on the order of files.
#if canImport(CDispatch)
    import CDispatch
#endif

/// What the system says of a file.
struct FileStatus: Sendable, Hashable {
    /// Which file it is, under whatever name.
    struct Identity: Sendable, Hashable {
        let device: UInt64
        let node: UInt64
    }

    /// What kind of file it is.
    enum Kind: Sendable, Hashable {
        case regular, folder, other
    }

    let identity: Identity
    let kind: Kind
    /// Permissions, as for `chmod`.
    let mode: mode_t
    let size: Int64
    /// Time of the last change of the content, in nanoseconds since 1970.
    let modified: Int64
    /// Time of the last reading or change, whichever is later; systems note readings once a day at best.
    let used: Int64

    /// Follows links.
    init(of path: RawPath) throws(SystemFailure) {
        var status = stat()
        // Proof: stat(2) reads the path and writes one `status`, both within the call.
        guard unsafe stat(path.cString, &status) == 0 else { throw SystemFailure() }
        self.init(status)
    }

    /// Of an open file.
    init(of descriptor: Int32) throws(SystemFailure) {
        var status = stat()
        // Proof: fstat(2) writes one `status` within the call.
        guard unsafe fstat(descriptor, &status) == 0 else { throw SystemFailure() }
        self.init(status)
    }

    /// The file behind the name of a recording, `-` for standard input; `nil` when there is none.
    static func identity(ofRecording name: String) -> Identity? {
        (name == "-" ? try? FileStatus(of: STDIN_FILENO) : try? FileStatus(of: RawPath(name)))?.identity
    }

    private init(_ status: stat) {
        identity = Identity(device: UInt64(truncatingIfNeeded: status.st_dev), node: UInt64(status.st_ino))
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .folder
            default: .other
            }
        mode = status.st_mode & 0o7777
        size = Int64(status.st_size)
        #if canImport(Darwin)
            let (time, reading) = (status.st_mtimespec, status.st_atimespec)
        #else
            let (time, reading) = (status.st_mtim, status.st_atim)
        #endif
        modified = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        used = max(modified, Int64(reading.tv_sec) * 1_000_000_000 + Int64(reading.tv_nsec))
    }
}
