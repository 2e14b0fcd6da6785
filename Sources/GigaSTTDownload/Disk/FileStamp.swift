import Foundation

/// Size and time of the last change: a cheap check that a file is unchanged.
struct FileStamp: Equatable {
    var byteCount: Int64
    /// Nanoseconds since 1970.
    var modified: Int64
    var isRegular: Bool

    init(byteCount: Int64, modified: Int64) {
        (self.byteCount, self.modified, isRegular) = (byteCount, modified, true)
    }

    init(_ status: stat) {
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        byteCount = Int64(status.st_size)
        modified = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        isRegular = status.st_mode & S_IFMT == S_IFREG
    }

    /// Looks at a file, through symbolic links; `nil` when there is none.
    init?(of url: URL) {
        var status = stat()
        guard stat(url.path, &status) == 0 else { return nil }
        self.init(status)
    }
}
