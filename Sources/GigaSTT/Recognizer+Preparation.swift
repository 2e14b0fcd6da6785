import Foundation
import OnnxRuntime
import STTModelCache
import STTRecognition

extension Recognizer {
    /// What the cache did for a recognizer.
    public enum Preparation: Sendable, Hashable {
        /// It was not asked, or has nothing for this model on this machine.
        case none
        /// The encoder is a prepared one.
        case used
        /// There was a prepared encoder that could not be trusted or loaded. It was removed, and the model's own file
        /// loaded. The text is for the operator.
        case discarded(reason: String)
    }
}

/// A model with its encoder from the cache, when that has a sound one, else from its own file.
struct PreparedModel: Sendable {
    let model: SpeechModel
    let prepared: PreparedEncoder?
    let preparation: Recognizer.Preparation

    init(_ files: ModelFiles, options: SessionOptions, cache: ModelCache?) throws {
        var reason: String?
        var failed: PreparedEncoder?
        if let cache, let library = try? OrtEnvironment.shared().library {
            let folder = CacheFolder(cache.url)
            switch folder.find(files.encoder, for: RuntimeKind(library)) {
            case .absent: break
            case .damaged(let error): reason = error.detail
            case .found(let prepared):
                do {
                    model = try SpeechModel(files.replacingEncoder(with: prepared.graph), options: options)
                    (self.prepared, preparation) = (prepared, .used)
                    return
                } catch {
                    failed = prepared
                    reason = String(reflecting: error)
                }
            }
        }
        model = try SpeechModel(files, options: options)
        // Only now is it certain that the fault is that of the prepared encoder.
        if let cache, let failed { CacheFolder(cache.url).discard(failed) }
        prepared = nil
        preparation = reason.map { .discarded(reason: $0) } ?? .none
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
