public import Foundation
import OnnxRuntime
import STTEncoderCache
import STTRecognition
import STTValues

/// A folder of encoders prepared for this machine: three times as fast as a model's own file, and mapped instead of read.
///
/// A recognizer uses a prepared encoder if there is one (`RecognizerConfiguration.cache`) and never prepares one itself.
/// Call `prepare` when there is time: after a download, or before the first load.
///
/// ```swift
/// try await EncoderCache.standard.prepare(folder)
/// let recognizer = try await Recognizer(folder)
/// ```
public struct EncoderCache: Sendable, Hashable {
    /// Where it is. The folder is made when it is needed, and may be read-only.
    public let url: URL

    /// A cache in a folder; nothing is looked at or made.
    public init(at url: URL) { self.url = url }

    /// `~/.gigastt/cache`; `.gigastt/cache` where there is no home folder; on iOS `gigastt` in Caches.
    public static var standard: EncoderCache {
        #if os(iOS)
            return EncoderCache(at: URL.cachesDirectory.appendingPathComponent("gigastt"))
        #else
            return EncoderCache(at: .belowHome(".gigastt/cache"))
        #endif
    }

    /// How `prepare` went.
    public enum Outcome: Sendable, Hashable {
        /// The encoder was prepared; the next recognizer uses it.
        case made
        /// It had been prepared before, but was damaged: it was made again. The text is for the operator.
        case repaired(reason: String)
        /// It had been prepared before.
        case present
        /// The model is no encoder of GigaAM v3, or the small one of the package; it is used as it is.
        case unsuitable
        /// Another process is preparing something; the model can be used as it is.
        case busy
    }

    /// Prepares the encoder of a model, on a thread of its own, unless that was done. It is used only if it computes what
    /// the model's own encoder does: the two are compared on made-up speech.
    ///
    /// Cost: about 3 s per 100 MB of the model, the memory of a running model, and disk for twice the model meanwhile. Safe to call from
    /// any number of processes, and to be killed at any time. `progress` is told the share that is done, 0…1, from that
    /// thread.
    ///
    /// Throws `CancellationError` when the task is cancelled, or `GigaSTTError`: `modelMissing`, `runtimeMissing`,
    /// `modelDamaged`, or `cacheUnusable` when the cache cannot be written or the encoder cannot be prepared.
    @discardableResult
    public func prepare(
        _ folder: ModelFolder, progress: @escaping @Sendable (Double) -> Void = { _ in }
    ) async throws -> Outcome {
        if folder.isBuiltIn { return .unsuitable }
        let encoder = try ModelFiles(in: folder.url, head: folder.head).encoder
        let cache = CacheFolder(url)
        return try await DedicatedThread.run { isCancelled in
            do {
                let builder = CacheBuilder(cache, in: try OrtEnvironment.shared())
                return Outcome(try builder.prepare(encoder, isCancelled: isCancelled, progress: progress))
            } catch {
                throw try GigaSTTError(preparing: error)
            }
        }
    }

    /// The number of bytes that `prepare` would read; `nil` when there is nothing to prepare. Blocks for some milliseconds.
    ///
    /// Throws `GigaSTTError`: `modelMissing`, `modelDamaged`, `runtimeMissing`.
    public func preparationSize(for folder: ModelFolder) throws -> Int64? {
        if folder.isBuiltIn { return nil }
        let encoder = try ModelFiles(in: folder.url, head: folder.head).encoder
        do {
            let runtime = RuntimeFingerprint(try OrtEnvironment.shared().library)
            if case .found = CacheFolder(url).find(encoder, for: runtime, discards: false) { return nil }
            guard try Quantizer.form(of: encoder) != .unrecognized else { return nil }
            return FileIdentity(of: encoder)?.byteCount
        } catch {
            throw try GigaSTTError(preparing: error)
        }
    }
}

extension EncoderCache.Outcome {
    fileprivate init(_ outcome: CacheBuilder.Outcome) {
        switch outcome {
        case .made: self = .made
        case .repaired(let reason): self = .repaired(reason: reason)
        case .present: self = .present
        case .unsuitable: self = .unsuitable
        case .busy: self = .busy
        }
    }
}

extension GigaSTTError {
    /// What goes wrong while an encoder is prepared, as a `GigaSTTError`; cancellation stays a `CancellationError`.
    fileprivate init(preparing error: any Error) throws(CancellationError) {
        switch error {
        case let error as CancellationError: throw error
        case let error as GigaSTTError: self = error
        case let error as EncoderCacheError: self.init(.cacheUnusable, error.message, detail: error.detail)
        case let error as OrtError: self.init(.runtimeMissing, error.message, detail: error.detail)
        case let error as QuantizeError where error.code == .unreadable:
            self.init(.modelDamaged, error.message, detail: error.detail)
        case let error as QuantizeError: self.init(.cacheUnusable, error.message, detail: error.detail)
        default:
            self.init(
                .cacheUnusable, "The encoder could not be prepared. The model is used as it is.", detail: "\(error)")
        }
    }
}
