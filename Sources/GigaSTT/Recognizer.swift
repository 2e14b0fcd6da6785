import Foundation
import OnnxRuntime
import STTEncoderCache
import STTInference
import STTRecognition

/// A loaded speech model. Immutable and safe to share: make one and use it from anywhere.
///
/// It holds the model once, whatever the number of recordings and streams, and a fixed number of threads on which
/// all recognition runs.
public final class Recognizer: Sendable {
    let decoder: WindowDecoder
    let queue: InferenceQueue
    let configuration: RecognizerConfiguration
    private let voiceActivity: any VoiceActivity
    let hotwords: HotwordBiases
    let punctuation: PunctuationModel?
    let speakers: SpeakerModel?
    /// SHA-256 of the speaker model; `nil` unless speakers may get names.
    package let voiceModel: String?
    /// Why the speaker model of the model folder is not used; `nil` when it is, or when there is none.
    public let speakerFailure: GigaSTTError?
    /// Why `RecognizerConfiguration.voiceActivityModel` is not used; `nil` when it is, or when there is none.
    public let voiceActivityFailure: GigaSTTError?
    /// Why `RecognizerConfiguration.punctuationModel` is not used; `nil` when it is, or when there is none.
    public let punctuationFailure: GigaSTTError?
    /// The head of the loaded model.
    public let head: RecognitionHead
    /// The identifier of the loaded model, such as `gigaam-v3-rnnt`, or `gigastt-demo` for the built-in one.
    public let modelIdentifier: String
    /// Whether the encoder's weights are 8-bit integers.
    public let isQuantized: Bool

    /// Where the encoder was loaded from.
    public let encoderSource: EncoderSource
    /// The instruction set of the kernels that run a prepared encoder, such as `avx512-vnni`; `nil` when ONNX Runtime
    /// runs it.
    public let encoderKernels: String?
    private let prepared: [PreparedEncoder]  // their files stay as long as this is held
    /// What confidences become where calibrated ones are asked for.
    let calibration: ConfidenceCalibration?

    /// Loads a model. Takes a few hundred milliseconds for the real one, on a thread of its own, and is not ended by
    /// cancelling the task.
    ///
    /// Throws `GigaSTTError`: `modelMissing`, `modelDamaged`, `modelUnsupported`, `runtimeMissing`, `providerMissing`,
    /// `invalidOption`.
    public init(_ folder: ModelFolder, configuration: RecognizerConfiguration = .init()) async throws {
        try configuration.validate()
        // Loaded beside the encoder, which takes longer.
        async let others = DedicatedThread.run(isBackground: false) { _ in
            let punctuation = configuration.punctuationModel.map { folder in
                Result { try PunctuationModel(in: folder, onFailure: configuration.onModelFailure) }
            }
            let speakers = SpeakerModel.result(in: folder.url)
            let namesSpeakers = configuration.identifiesSpeakers && speakers?.failure == nil && speakers != nil
            let voiceModel = namesSpeakers ? try SpeakerModel.digest(in: folder.url) : nil
            return (punctuation: punctuation, speakers: speakers, voiceModel: voiceModel)
        }
        let loaded = try await DedicatedThread.run(isBackground: false) { _ in
            var options = SessionOptions()
            options.intraOpThreads = configuration.threadsPerWorker
            // Idle threads that spin take time from other workers.
            options.settings["session.intra_op.allow_spinning"] = "0"
            options.provider = configuration.provider.executionProvider
            let (files, batchLimit) = try configuration.files(in: folder)
            // Prepared encoders are for single windows on the CPU.
            let cache = configuration.provider == .cpu ? configuration.cache : nil
            // No more threads than the workers would keep busy.
            let helperCount = configuration.workerCount * configuration.threadsPerWorker - 1
            let model = try PreparedModel(
                files, options: options, cache: batchLimit > 1 ? nil : cache,
                helperCount: configuration.usesKernels ? helperCount : nil, takesBatches: batchLimit > 1)
            let writer = try Self.writer(configuration, beside: files.head, in: folder).map { files in
                try PreparedModel(
                    files, options: options, cache: cache, helperCount: configuration.usesKernels ? helperCount : nil)
            }
            let activity = Result { try Self.voiceActivity(configuration, model.model.geometry) }
            let calibration = try ConfidenceCalibration(in: folder.url, for: files.head)
            let hotwords = try HotwordBiases(configuration.hotwords, model.model.vocabulary)
            return (
                prepared: model, activity: activity, identifier: files.identifier, hotwords: hotwords, writer: writer,
                calibration: calibration, batchLimit: batchLimit
            )
        }
        let (textModel, voices, digest) = try await others
        queue = InferenceQueue(Self.limits(configuration))
        voiceActivity = (try? loaded.activity.get()) ?? EnergyActivity()
        hotwords = loaded.hotwords
        voiceActivityFailure = loaded.activity.failure("The voice activity model cannot be used.")
        let model = loaded.prepared.model
        decoder = WindowDecoder(model: model, writer: loaded.writer?.model, batchLimit: loaded.batchLimit)
        calibration = loaded.calibration
        (head, isQuantized, modelIdentifier) = (model.head, model.isQuantized, loaded.identifier)
        encoderKernels = model.encoderKernels
        punctuation = try? textModel?.get()
        punctuationFailure = textModel?.failure("The punctuation model cannot be used.")
        voiceModel = digest
        (speakers, speakerFailure) = (try? voices?.get(), voices?.failure)
        prepared = [loaded.prepared.prepared, loaded.writer?.prepared].compactMap(\.self)
        encoderSource = loaded.prepared.source
        var usable = configuration
        if voiceActivityFailure != nil { usable.voiceActivityModel = nil }
        self.configuration = usable
    }

    /// Ends all work: what waits fails with `shuttingDown`, what runs ends. Returns when the threads have left.
    public func shutDown() async { await queue.drain() }

    /// Runs the model once on a second of silence, so that the first speech does not wait for memory to be prepared.
    ///
    /// Throws `GigaSTTError` when the model cannot be run, and `CancellationError`.
    public func warmUp() async throws {
        do {
            try await queue.run(WarmUp(decoder), in: .final, client: ClientID())
        } catch {
            throw StreamFailure.translate(error)
        }
    }

    /// Calls `body` once, on any thread, when the recognizer was shut down, or it and its streams were released, and its
    /// threads have ended.
    public func onShutdown(_ body: @escaping @Sendable () -> Void) { queue.whenDrained(body) }

    /// Bounds of what waits. A window holds at most 600 KB of features, mostly a fifth of that.
    private static func limits(_ configuration: RecognizerConfiguration) -> InferenceQueue.Limits {
        var limits = InferenceQueue.Limits()
        limits.workers = configuration.workerCount
        limits.fileWorkers = configuration.fileWorkerLimit ?? configuration.workerCount
        // Recordings that wait for their first window; what they submit later waits in turn.
        limits.waiting = PerLane(activity: 1_024, final: 1_024, partial: 256, file: 1_024)
        return limits
    }

    private static func voiceActivity(
        _ configuration: RecognizerConfiguration, _ geometry: ModelGeometry
    ) throws -> any VoiceActivity {
        guard let file = configuration.voiceActivityModel else { return EnergyActivity() }
        return FallbackActivity(
            try SileroActivity(contentsOf: file, threshold: configuration.voiceActivityThreshold, geometry: geometry),
            failure: FirstFailure(
                "The voice activity model failed; speech is found by its energy.", report: configuration.onModelFailure)
        )
    }

    var melPrecision: MelPrecision { configuration.frontEnd == .published ? .bfloat16 : .float32 }

    /// A new stream.
    func stream(_ adjust: (inout StreamSettings) -> Void) -> RecognitionStream {
        var settings = StreamSettings()
        settings.voiceActivity = voiceActivity
        settings.melPrecision = melPrecision
        // One more than can run, so that a worker finds the next one ready; only one where many recordings wait.
        settings.undecodedLimit = min(configuration.fileWorkerLimit ?? .max, configuration.workerCount) + 1
        if let most = configuration.fileWindowConcurrency {
            settings.undecodedLimit = min(settings.undecodedLimit, most)
        }
        settings.crowdedCount = 128
        adjust(&settings)
        return RecognitionStream(decoder: decoder, queue: queue, settings: settings)
    }
}

extension Result where Failure == any Error {
    /// Why a model was not loaded; `otherwise` stands for what is no error of the engine.
    fileprivate func failure(_ otherwise: String) -> GigaSTTError? {
        guard case .failure(let error) = self else { return nil }
        return error as? GigaSTTError ?? GigaSTTError(.modelDamaged, otherwise, detail: "\(error)")
    }
}
