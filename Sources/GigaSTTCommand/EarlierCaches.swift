import Foundation
import GigaSTT

/// The caches that gigastt 2 keeps in a model folder, and that this program has no use for.
struct EarlierCaches {
    /// What a sweep came to.
    struct Outcome {
        /// Entries that were used lately.
        var keptCount = 0
        var removed: [EncoderCache.PruneReport.Removal] = []
    }

    let folder: RawPath
    /// The folder of this program's cache, which may have the name of one of those.
    private let own: FileStatus.Identity?

    init(in folder: RawPath, besides own: RawPath) {
        self.folder = folder
        self.own = (try? FileStatus(of: own))?.identity
    }

    /// Removes what a cache holds and was not read or written for so many days. What cannot be removed stays, and is not
    /// counted.
    func sweep(_ name: String, days: Int, isDryRun: Bool, now: Date = Date()) -> Outcome {
        var outcome = Outcome()
        let cache = folder.appending(RawPath(name))
        guard let status = try? FileStatus(of: cache), status.kind == .folder, status.identity != own,
            !cache.isLink, let names = try? FileManager.default.contentsOfDirectory(atPath: cache.description)
        else { return outcome }
        let latest = Int64((now.timeIntervalSince1970 - Double(days) * 86_400) * 1_000_000_000)
        for name in names.sorted() {
            let path = cache.appending(RawPath(name))
            let files =
                [path]
                + ((try? FileManager.default.subpathsOfDirectory(atPath: path.description)) ?? []).map {
                    path.appending(RawPath($0))
                }
            let statuses = files.compactMap { try? FileStatus(of: $0) }
            guard statuses.allSatisfy({ ($0.kind == .folder ? $0.modified : $0.used) <= latest }) else {
                outcome.keptCount += 1
                continue
            }
            let size = statuses.filter { $0.kind == .regular }.map(\.size).reduce(0, +)
            if !isDryRun {
                guard (try? FileManager.default.removeItem(atPath: path.description)) != nil else { continue }
            }
            outcome.removed.append(.init(path: path.description, byteCount: size))
        }
        return outcome
    }
}
