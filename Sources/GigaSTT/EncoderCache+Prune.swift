public import Foundation
import OnnxRuntime
import STTEncoderCache
import STTValues

extension EncoderCache {
    /// What `prune` removed, or would remove in a dry run.
    public struct PruneReport: Sendable, Hashable {
        /// One removed folder or file.
        public struct Removal: Sendable, Hashable {
            /// Its path.
            public let path: String
            /// Its size.
            public let byteCount: Int64

            /// A removal of a path of this size.
            public init(path: String, byteCount: Int64) { (self.path, self.byteCount) = (path, byteCount) }
        }

        /// Prepared encoders that were kept.
        public var keptCount = 0
        /// Prepared encoders that were removed.
        public var removed: [Removal] = []
        /// Incomplete files of processes that were killed.
        public var partialFiles: [Removal] = []

        /// An empty report.
        public init() {}
    }

    /// Removes prepared encoders that are not in use and do not match this machine's runtime and processor or any
    /// present model, if they were last used longer ago than `limit`; and incomplete files of processes that were killed,
    /// here and in `modelFolder`.
    ///
    /// Blocks while it reads folders and removes files: do not call it on a thread that must not wait.
    ///
    /// Throws `GigaSTTError`: `runtimeMissing`, or `cacheUnusable` when the cache cannot be written or another process is
    /// at work in it.
    public func prune(
        olderThan limit: Duration, modelFolder: URL? = nil, isDryRun: Bool = false
    ) throws -> PruneReport {
        do {
            let runtime = RuntimeFingerprint(try OrtEnvironment.shared().library)
            guard
                let outcome = try CacheSweep(CacheFolder(url), runtime).run(
                    unusedFor: limit / .seconds(1), isDryRun: isDryRun)
            else {
                throw GigaSTTError(
                    .cacheUnusable, "Another process is preparing an encoder in the cache. Try again in a minute.")
            }
            var report = PruneReport()
            report.keptCount = outcome.keptCount
            report.removed = outcome.entries.map { PruneReport.Removal(path: $0.path, byteCount: $0.byteCount) }
            report.partialFiles = outcome.leftovers.map { PruneReport.Removal(path: $0.path, byteCount: $0.byteCount) }
            if let modelFolder {
                report.partialFiles += PartialFile.removeAbandoned(modelFolder, isDryRun: isDryRun).map {
                    PruneReport.Removal(path: $0.path, byteCount: $0.byteCount)
                }
            }
            return report
        } catch let error as EncoderCacheError {
            throw GigaSTTError(.cacheUnusable, error.message, detail: error.detail)
        } catch let error as OrtError {
            throw GigaSTTError(.runtimeMissing, error.message, detail: error.detail)
        }
    }
}
