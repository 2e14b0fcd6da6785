package import Foundation
package import OnnxRuntime

/// Prepares encoders. One process at a time does so for a folder; meanwhile others use the model's own file.
package struct CacheBuilder {
    /// How it went.
    package enum Outcome: Sendable, Hashable {
        /// The encoder was prepared.
        case made
        /// It had been prepared before, but was damaged: it was made again. The text is for the operator.
        case repaired(String)
        /// It had been prepared before.
        case present
        /// The model is none that can be prepared; it is used as it is.
        case unsuitable
        /// Another process is preparing something.
        case busy
    }

    private let cache: CacheFolder
    private let environment: OrtEnvironment
    private let runtime: RuntimeFingerprint

    private let packsKernels: Bool

    /// - Parameter packsKernels: whether weights are packed for kernels; `nil` where the processor has the instructions.
    package init(_ cache: CacheFolder, in environment: OrtEnvironment, packsKernels: Bool? = nil) {
        (self.cache, self.environment) = (cache, environment)
        runtime = RuntimeFingerprint(environment.library)
        self.packsKernels = packsKernels ?? runtime.runsKernels
    }

    /// Prepares an encoder unless that was done. Blocks; takes about 2.5 s per 100 MB, and memory as the encoder does
    /// when it runs. `isCancelled` is called between weights; `progress` gets the share that is done, 0…1.
    ///
    /// Throws `CancellationError`, `EncoderCacheError` or `QuantizeError`; then the cache is as it was before.
    package func prepare(
        _ encoder: URL, isCancelled: @escaping () -> Bool = { false }, progress: @escaping (Double) -> Void = { _ in }
    ) throws -> Outcome {
        let form = try Quantizer.form(of: encoder)
        guard form != .unrecognized else { return .unsuitable }
        if case .found = cache.find(encoder, for: runtime, discards: false) { return .present }
        try makeFolder(cache.url)
        guard let lock = try FileLock.take(cache.url.appendingPathComponent(".lock"), .exclusive) else { return .busy }
        defer { withExtendedLifetime(lock) {} }
        CacheSweep(cache, runtime).removeLeftovers()
        guard let file = FileIdentity(of: encoder) else { throw EncoderCacheError.damaged("the model file is gone") }
        let digest = try ContentDigest.ofFile(encoder, isCancelled: isCancelled)
        progress(0.1)
        let name = CacheKey(model: digest, runtime)
        let work = PreparationWork(
            source: encoder, isFast: form == .fast, environment: environment, packsKernels: packsKernels,
            isCancelled: isCancelled,
            progress: { progress(0.1 + 0.9 * $0) })
        let outcome: Outcome
        switch cache.find(name) {
        case .found: outcome = .present
        case .absent: outcome = .made
        case .damaged(let error): outcome = .repaired(error.detail)
        }
        if outcome != .present { try add(name, model: file, digest, work) }
        try CachedDigest(file: file, sha256: digest).write(in: cache.url)
        progress(1)
        return outcome
    }

    private func add(_ name: CacheKey, model: FileIdentity, _ digest: String, _ work: PreparationWork) throws {
        let folder = cache.url.appendingPathComponent(CacheFolder.building + UUID().uuidString)
        try makeFolder(folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let similarity = try work.run(in: folder)
        // The entry must be that of the file whose digest it bears.
        guard FileIdentity(of: work.source) == model else {
            throw EncoderCacheError.damaged("the model file was changed while it was read")
        }
        let names = [EntryManifest.graph, EntryManifest.weights, EntryManifest.kernels].filter {
            // An entry without kernels is whole.
            $0 != EntryManifest.kernels
                || FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
        }
        let files = try names.map { try EntryManifest.file($0, in: folder, isCancelled: work.isCancelled) }
        let manifest = EntryManifest(
            name, model: work.source.lastPathComponent, sha256: digest, runtime, similarity: similarity, files: files)
        do {
            try manifest.write(to: folder)
            try Data().write(to: folder.appendingPathComponent(EntryManifest.lock))
            for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                try Self.synchronize(folder.appendingPathComponent(file))
            }
        } catch {
            throw EncoderCacheError.unwritable("\(folder.path): \(error)")
        }
        let target = cache.url.appendingPathComponent(name.description)
        guard rename(folder.path, target.path) == 0 else {
            throw EncoderCacheError.unwritable("\(target.path): \(String(cString: strerror(errno)))")
        }
        try? Self.synchronize(cache.url)
    }

    private func makeFolder(_ url: URL) throws(EncoderCacheError) {
        do {
            try FileManager.default.createDirectory(
                at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .unwritable("\(url.path): \(error)")
        }
    }

    /// So that a name never points at what is not on the disk, also after a loss of power.
    private static func synchronize(_ url: URL) throws {
        let handle = try FileHandle(forReadingFrom: url)
        defer { try? handle.close() }
        try handle.synchronize()
    }
}
