public import Foundation
import OnnxRuntime
import STTModelCache
import STTQuantize
import STTValues

extension ModelCache {
    /// What `sweep` found.
    public struct Sweep: Sendable, Hashable {
        /// Something that was removed, or would be.
        public struct Removal: Sendable, Hashable {
            /// Where it was.
            public let path: String
            /// What it held.
            public let byteCount: Int64

            /// Something of this size.
            public init(path: String, byteCount: Int64) { (self.path, self.byteCount) = (path, byteCount) }
        }

        /// Prepared encoders that stay.
        public var keptCount = 0
        /// Prepared encoders that go.
        public var entries: [Removal] = []
        /// What killed processes left half-written.
        public var leftovers: [Removal] = []

        /// Nothing found.
        public init() {}
    }

    /// Removes prepared encoders that nobody uses and that the next start on this machine would not use either, because
    /// the model, the runtime or the processor is another, when they were last used longer ago than `limit`; and what
    /// killed processes left half-written, here and in `modelFolder`.
    ///
    /// Throws `GigaSTTError`: `runtimeMissing`, or `cacheUnusable` when the cache cannot be written or another process is
    /// at work in it.
    public func sweep(
        unusedFor limit: Duration, modelFolder: URL? = nil, isDryRun: Bool = false
    ) throws -> Sweep {
        do {
            let runtime = RuntimeKind(try OrtEnvironment.shared().library)
            guard
                let outcome = try CacheSweep(CacheFolder(url), runtime).run(
                    unusedFor: limit / .seconds(1), isDryRun: isDryRun)
            else {
                throw GigaSTTError(
                    .cacheUnusable, "Another process is preparing an encoder in the cache. Try again in a minute.")
            }
            var sweep = Sweep()
            sweep.keptCount = outcome.keptCount
            sweep.entries = outcome.entries.map { Sweep.Removal(path: $0.path, byteCount: $0.byteCount) }
            sweep.leftovers = outcome.leftovers.map { Sweep.Removal(path: $0.path, byteCount: $0.byteCount) }
            if let modelFolder {
                sweep.leftovers += UnfinishedFile.sweep(modelFolder, isDryRun: isDryRun).map {
                    Sweep.Removal(path: $0.path, byteCount: $0.byteCount)
                }
            }
            return sweep
        } catch let error as ModelCacheError {
            throw GigaSTTError(.cacheUnusable, error.message, detail: error.detail)
        } catch let error as OrtError {
            throw GigaSTTError(.runtimeMissing, error.message, detail: error.detail)
        }
    }
}
