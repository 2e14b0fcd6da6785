import Foundation

/// Abandoned partial files: older versions left them under other names.
enum StalePartials {
    /// An unfinished file is kept for a day after its last byte.
    static let age: Int64 = 24 * 3600 * 1_000_000_000

    /// Whether a file may go: an unfinished one, or what belongs to one, unchanged for a day.
    static func isStale(_ name: String, modified: Int64, now: Int64) -> Bool {
        let isPartial = name.hasSuffix(".partial") || name.contains(".partial.")
        return isPartial && now - modified > age
    }

    /// Removes them from `folder`. Only for the holder of the folder's lock.
    static func sweep(_ folder: URL, now: Date = Date()) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names {
            let url = folder.appendingPathComponent(name)
            guard let stamp = FileStamp(of: url), stamp.isRegular,
                isStale(name, modified: stamp.modified, now: Int64(now.timeIntervalSince1970 * 1e9))
            else { continue }
            unlink(url.path)
        }
    }
}
