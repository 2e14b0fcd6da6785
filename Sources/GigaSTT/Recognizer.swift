import Foundation
import OnnxRuntime
import STTFeatures
import STTInference
import STTModelCache
import STTRecognition

/// A loaded speech model. Immutable and safe to share: make one and use it from anywhere.
///
/// It holds the model once, whatever the number of recordings and streams, and a fixed number of threads on which
/// all recognition runs.
public final class Recognizer: Sendable {
    let pass: DecodePass
    let queue: InferenceQueue
    let configuration: RecognizerConfiguration
    private let voiceActivity: any VoiceActivity
    /// The head of the loaded model.
    public let head: RecognitionHead
    /// The identifier of the loaded model, such as `gigaam-v3-rnnt`, or `gigastt-demo` for the built-in one.
    public let modelIdentifier: String
    /// Whether the encoder's weights are 8-bit integers.
    public let isQuantized: Bool

    /// Where the encoder was loaded from.
    public let encoderSource: EncoderSource
    private let prepared: PreparedEncoder?  // its files stay as long as this is held

    /// Loads a model. Takes a few hundred milliseconds for the real one, on a thread of its own.
    ///
    /// Throws `GigaSTTError`: `modelMissing`, `modelDamaged`, `modelUnsupported`, `runtimeMissing`, `providerMissing`,
    /// `invalidOption`.
    public init(_ folder: ModelFolder, configuration: RecognizerConfiguration = .init()) async throws {
        let admitted = 1...256
        guard admitted.contains(configuration.workerCount), admitted.contains(configuration.threadsPerWorker) else {
            throw GigaSTTError(
                .invalidOption, "A recognizer needs 1 to 256 workers of 1 to 256 threads. Set numbers in that range.")
        }
        var limits = InferenceQueue.Limits()
        limits.workers = configuration.workerCount
        limits.fileWorkers = configuration.fileWorkerLimit ?? configuration.workerCount
        // A waiting window holds at most 600 KB of features, mostly a fifth of that.
        limits.waiting = PerLane(final: 1_024, partial: 256, file: max(256, 32 * (configuration.workerCount + 1)))
        queue = InferenceQueue(limits)
        let loaded = try await queue.run(.final, client: ClientID()) { _ in
            var options = SessionOptions()
            options.intraOpThreads = configuration.threadsPerWorker
            // Idle threads that spin take time from other workers.
            options.settings["session.intra_op.allow_spinning"] = "0"
            options.provider = configuration.provider.executionProvider
            let files = try ModelFiles(in: folder.url, head: folder.head)
            // Prepared encoders are for the CPU only.
            let cache = configuration.provider == .cpu ? configuration.cache : nil
            let model = try PreparedModel(files, options: options, cache: cache)
            let activity: any VoiceActivity =
                try configuration.voiceActivityModel.map {
                    try SileroActivity(contentsOf: $0, threshold: configuration.voiceActivityThreshold)
                } ?? EnergyActivity()
            return (model, activity, files.identifier)
        }
        voiceActivity = loaded.1
        let model = loaded.0.model
        pass = DecodePass(model: model)
        (head, isQuantized, modelIdentifier) = (model.head, model.isQuantized, loaded.2)
        (prepared, encoderSource) = (loaded.0.prepared, loaded.0.source)
        self.configuration = configuration
    }

    /// Ends all work: what waits fails with `shuttingDown`, what runs ends. Returns when the threads have left.
    public func shutDown() async { await queue.drain() }

    /// Runs the model once on a second of silence, so that the first speech does not wait for memory to be prepared.
    ///
    /// Throws `GigaSTTError` when the model cannot be run, and `CancellationError`.
    public func warmUp() async throws {
        do {
            _ = try await queue.run(.final, client: ClientID()) { [pass] token in try pass.warmUp(token: token) }
        } catch {
            throw StreamFailure.translate(error)
        }
    }

    /// Calls `body` once, on any thread, when the recognizer was shut down, or it and its streams were released, and its
    /// threads have ended.
    public func onShutdown(_ body: @escaping @Sendable () -> Void) { queue.whenDrained(body) }

    /// A stream that nothing was fed to yet.
    func stream(_ adjust: (inout StreamSettings) -> Void) -> RecognitionStream {
        var settings = StreamSettings()
        settings.voiceActivity = voiceActivity
        settings.melPrecision = configuration.frontEnd == .published ? .bfloat16 : .float32
        // One more than can run, so that a worker finds the next one ready.
        settings.undecodedLimit = min(configuration.fileWorkerLimit ?? .max, configuration.workerCount) + 1
        adjust(&settings)
        return RecognitionStream(pass: pass, queue: queue, settings: settings)
    }
}
