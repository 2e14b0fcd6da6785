package import Foundation

/// Removes from a cache what will not be used any more.
package struct CacheSweep: Sendable {
    /// Something that was removed, or would be.
    package struct Removal: Sendable, Hashable {
        /// Where it was.
        package let path: String
        /// What it held.
        package let byteCount: Int64
    }

    /// What a sweep came to.
    package struct Outcome: Sendable {
        /// Entries that stay.
        package var keptCount = 0
        /// Entries that go.
        package var entries: [Removal] = []
        /// What killed processes left.
        package var leftovers: [Removal] = []

        package init() {}
    }

    private let cache: CacheFolder
    private let runtime: RuntimeFingerprint

    package init(_ cache: CacheFolder, _ runtime: RuntimeFingerprint) { (self.cache, self.runtime) = (cache, runtime) }

    /// Removes entries by `SweepRule`, and leftovers.
    ///
    /// Returns `nil` when another process is at work in the cache. Throws `unwritable`.
    package func run(
        unusedFor limit: TimeInterval, isDryRun: Bool, now: Date = Date()
    ) throws(EncoderCacheError) -> Outcome? {
        var outcome = Outcome()
        guard FileManager.default.fileExists(atPath: cache.url.path) else { return outcome }
        guard let lock = try FileLock.take(cache.url.appendingPathComponent(".lock"), .exclusive) else { return nil }
        defer { withExtendedLifetime(lock) {} }
        outcome.leftovers = leftovers.map(Self.removal)
        if !isDryRun { removeLeftovers() }
        let models = currentModels(removingOthers: !isDryRun)
        for folder in entries {
            let name = folder.lastPathComponent
            // Held until the entry is gone, so that no other process loads it meanwhile.
            let lock = Self.lock(of: folder)
            defer { withExtendedLifetime(lock) {} }
            let facts = SweepRule(
                isOfThisRuntime: CacheKey.belongs(name, to: runtime),
                isOfKnownModel: models.contains(String(name.prefix(16))),
                isInUse: Self.isHeldByOthers(lock), unusedFor: now.timeIntervalSince(lastUse(of: folder)))
            if facts.keeps(limit: limit) {
                outcome.keptCount += 1
            } else {
                outcome.entries.append(Self.removal(folder))
                if !isDryRun { cache.discard(folder) }
            }
        }
        return outcome
    }

    /// Only for the holder of the cache's lock.
    func removeLeftovers() {
        for leftover in leftovers { try? FileManager.default.removeItem(at: leftover) }
    }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: cache.url.path)) ?? []).sorted()
    }

    private var leftovers: [URL] {
        names.filter { $0.hasPrefix(CacheFolder.building) || $0.hasPrefix(CacheFolder.removed) }
            .map { cache.url.appendingPathComponent($0) }
    }

    private var entries: [URL] {
        names.filter { $0.wholeMatch(of: #/[0-9a-f]{16}-ort[0-9A-Za-z.]*-[0-9a-f]{16}/#) != nil }
            .map { cache.url.appendingPathComponent($0) }
    }

    /// Starts of the digests of the models that are where they were when they were read.
    private func currentModels(removingOthers: Bool) -> Set<String> {
        let folder = cache.url.appendingPathComponent(CachedDigest.folderName)
        var digests: Set<String> = []
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
            let url = folder.appendingPathComponent(name)
            if let stamp = CachedDigest(contentsOf: url), stamp.isCurrent {
                digests.insert(String(stamp.sha256.prefix(16)))
            } else if removingOthers {
                try? FileManager.default.removeItem(at: url)
            }
        }
        return digests
    }

    private static func lock(of folder: URL) -> Result<FileLock?, EncoderCacheError> {
        let file = folder.appendingPathComponent(EntryManifest.lock)
        // Not made where it is missing: that would look like a use.
        guard FileManager.default.fileExists(atPath: file.path) else {
            return .failure(.damaged("the lock is missing"))
        }
        return Result { () throws(EncoderCacheError) in try FileLock.take(file, .exclusive) }
    }

    private static func isHeldByOthers(_ lock: Result<FileLock?, EncoderCacheError>) -> Bool {
        // An entry whose lock cannot be opened cannot be loaded either.
        if case .success(nil) = lock { true } else { false }
    }

    private func lastUse(of folder: URL) -> Date {
        let attributes = try? FileManager.default.attributesOfItem(
            atPath: folder.appendingPathComponent(EntryManifest.lock).path)
        return attributes?[.modificationDate] as? Date ?? .distantPast
    }

    private static func removal(_ url: URL) -> Removal {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: url.path)) ?? []
        let sizes = names.compactMap { FileIdentity(of: url.appendingPathComponent($0))?.byteCount }
        return Removal(path: url.path, byteCount: sizes.reduce(0, +))
    }
}

/// Whether an entry of the cache stays.
struct SweepRule: Sendable {
    let isOfThisRuntime: Bool
    /// Whether its model is still where it was.
    let isOfKnownModel: Bool
    let isInUse: Bool
    /// Seconds since it was last loaded.
    let unusedFor: TimeInterval

    /// What is in use, or would be used at the next start, stays; the rest only as long as it may be used again.
    func keeps(limit: TimeInterval) -> Bool {
        isInUse || isOfThisRuntime && isOfKnownModel || unusedFor < limit
    }
}
