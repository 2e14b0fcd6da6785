package import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files that are being written, and those whose writer was killed: `<name>.partial.<UUID>`.
package enum PartialFile {
    private static let mark = ".partial."
    /// A file is made and then locked; this is far more than lies between.
    private static let youngest: TimeInterval = 60

    static func name(for target: String) -> String { "\(target)\(mark)\(UUID().uuidString)" }

    /// Whether a name is one of ours. Downloads have names without an identifier, or one of another form.
    static func isName(_ name: String) -> Bool {
        guard let range = name.range(of: mark, options: .backwards) else { return false }
        return UUID(uuidString: String(name[range.upperBound...])) != nil
    }

    /// Removes from `folder` the files of processes that were killed, and returns their paths and sizes. A file that is
    /// being written is locked and stays.
    @discardableResult
    package static func removeAbandoned(
        _ folder: URL, isDryRun: Bool = false, now: Date = Date()
    ) -> [(path: String, byteCount: Int64)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter(isName).sorted().compactMap { name in
            let path = folder.appendingPathComponent(name).path
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
                let modified = attributes[.modificationDate] as? Date, now.timeIntervalSince(modified) > youngest,
                !isLocked(path)
            else { return nil }
            if !isDryRun { unlink(path) }
            return (path, (attributes[.size] as? NSNumber)?.int64Value ?? 0)
        }
    }

    private static func isLocked(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }
}
