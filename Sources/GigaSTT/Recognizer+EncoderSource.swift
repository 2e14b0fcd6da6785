import Foundation
import OnnxRuntime
import STTEncoderCache
import STTRecognition

extension Recognizer {
    /// Where the encoder of a recognizer was loaded from.
    public enum EncoderSource: Sendable, Hashable {
        /// The model's own file: there was no cache, or no prepared encoder for this model on this machine.
        case original
        /// A prepared encoder from the cache.
        case prepared
        /// The model's own file, because the prepared encoder was damaged or could not be loaded; it was removed. The text
        /// is for the operator.
        case fellBack(reason: String)
    }
}

/// A model with its encoder from the cache, when that has a sound one, else from its own file.
struct PreparedModel: Sendable {
    let model: SpeechModel
    let prepared: PreparedEncoder?
    let source: Recognizer.EncoderSource

    /// - Parameters:
    ///   - helperCount: threads that may help kernels; `nil` leaves the encoder to ONNX Runtime.
    ///   - takesBatches: whether the encoder is one for several windows, which is never prepared.
    init(
        _ files: ModelFiles, options: SessionOptions, cache: EncoderCache?, helperCount: Int?,
        takesBatches: Bool = false
    ) throws {
        var reason: String?
        var failed: PreparedEncoder?
        if let cache, let library = try? OrtEnvironment.shared().library {
            let folder = CacheFolder(cache.url)
            switch folder.find(files.encoder, for: RuntimeFingerprint(library)) {
            case .absent: break
            case .damaged(let error): reason = error.detail
            case .found(let prepared):
                do {
                    let kernels = helperCount == nil ? nil : prepared.kernels
                    model = try SpeechModel(
                        files.replacingEncoder(with: prepared.graph, kernels: kernels), options: options,
                        helperCount: helperCount ?? 0)
                    (self.prepared, source) = (prepared, .prepared)
                    return
                } catch {
                    failed = prepared
                    reason = String(reflecting: error)
                }
            }
        }
        model = try SpeechModel(files, options: options, takesBatches: takesBatches)
        // Only now is it certain that the fault is that of the prepared encoder.
        if let cache, let failed { CacheFolder(cache.url).discard(failed) }
        prepared = nil
        source = reason.map { .fellBack(reason: $0) } ?? .original
    }
}

extension RecognizerConfiguration {
    /// The most windows of one run, where the folder has an encoder for several or not.
    func batchLimit(hasEncoder: Bool) -> Int { encoderBatchLimit ?? (provider == .cuda && hasEncoder ? 16 : 1) }

    /// The files of the model for the provider, and the most windows of one run of its encoder.
    func files(in folder: ModelFolder) throws(GigaSTTError) -> (files: ModelFiles, batchLimit: Int) {
        // Other providers lack 8-bit operators, and would leave most of an int8 graph to the CPU, which in turn has no
        // arithmetic in halves.
        let files = try ModelFiles(
            in: folder.url, head: folder.head, prefersFloats: provider != .cpu, prefersHalves: provider == .cuda)
        let batchLimit = batchLimit(hasEncoder: files.batchEncoder != nil)
        return (batchLimit > 1 ? try files.forBatches() : files, batchLimit)
    }
}

extension RecognizerConfiguration.Provider {
    var executionProvider: ExecutionProvider {
        switch self {
        case .cpu: .cpu
        case .cuda: .cuda
        case .coreML: .coreML
        }
    }
}
