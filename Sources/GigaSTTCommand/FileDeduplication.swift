import Foundation

// The compiler takes `stat` for a part of this module, depending on the order of files.
#if canImport(CDispatch)
    import CDispatch
#endif

/// Replaces equal files of a folder by hard links to one of them, each at once.
struct FileDeduplication {
    /// Files with the same content that were not one already, counted by content.
    private(set) var groupCount = 0
    private(set) var linkCount = 0
    private(set) var freedByteCount: Int64 = 0
    /// Why a file was not replaced; the others are.
    private(set) var failure: String?

    private struct File {
        let path: String
        let identity: FileStatus.Identity
        let byteCount: Int64
        let isOnlyName: Bool

        /// `nil` for what is no regular file with content.
        init?(_ path: String) {
            var status = stat()
            // Proof: lstat(2) reads the path and writes one `status`, both within the call.
            guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
                return nil
            }
            self.path = path
            identity = .init(device: UInt64(truncatingIfNeeded: status.st_dev), node: UInt64(status.st_ino))
            byteCount = Int64(status.st_size)
            isOnlyName = status.st_nlink == 1
        }
    }

    /// Compares the files of `folder` and its subfolders, except unfinished downloads, by content. With `isDryRun` nothing
    /// is changed.
    init(of folder: URL, isDryRun: Bool) {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        let files = names.sorted().filter { !$0.contains(".partial") }
            .compactMap { File(folder.appendingPathComponent($0).path) }
        for group in Dictionary(grouping: files, by: \.byteCount).values where group.count > 1 {
            for equal in Self.equalFiles(in: group) { merge(equal, isDryRun: isDryRun) }
        }
    }

    /// Files by content, in order.
    private static func equalFiles(in files: [File]) -> [[File]] {
        var groups: [[File]] = []
        for file in files {
            let index = groups.firstIndex { group in
                group[0].identity == file.identity
                    || FileManager.default.contentsEqual(atPath: group[0].path, andPath: file.path)
            }
            if let index { groups[index].append(file) } else { groups.append([file]) }
        }
        return groups
    }

    private mutating func merge(_ files: [File], isDryRun: Bool) {
        // Links do not reach other file systems.
        let others = files.dropFirst().filter {
            $0.identity != files[0].identity && $0.identity.device == files[0].identity.device
        }
        if others.isEmpty { return }
        groupCount += 1
        for file in others {
            if !isDryRun, let error = Self.replace(file.path, byLinkTo: files[0].path) {
                failure = error.reason
                continue
            }
            linkCount += 1
            if file.isOnlyName { freedByteCount += file.byteCount }
        }
    }

    private static func replace(_ path: String, byLinkTo source: String) -> SystemFailure? {
        let partial = path + ".partial.\(UUID().uuidString)"
        // Proof: link(2) reads both paths within the call.
        guard unsafe link(source, partial) == 0 else { return SystemFailure() }
        // Proof: rename(2) reads both paths within the call.
        if unsafe rename(partial, path) == 0 { return nil }
        let failure = SystemFailure()
        // Proof: unlink(2) reads the path within the call.
        _ = unsafe unlink(partial)
        return failure
    }
}
