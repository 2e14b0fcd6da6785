import Foundation

/// The last failure of the system as an error with advice.
enum DiskFailure {
    static func error(_ what: String, at url: URL, number: Int32 = errno) -> DownloadError {
        let advice =
            switch number {
            case ENOSPC, EDQUOT, EFBIG: "Free some space there, then run it again: what was received is kept."
            case EACCES, EPERM, EROFS: "Make the model folder writable, or choose another with --model-dir."
            default: "Check the disk and the model folder."
            }
        return DownloadError(.disk, "\(what) \(advice)", place: url, cause: String(cString: strerror(number)))
    }
}
