import ArgumentParser
import Foundation
import GigaSTT
import GigaSTTServer

/// The model and how it runs.
struct ModelOptions: ParsableArguments {
    @Option(
        help: """
            Folder of the model; a missing model is downloaded into it. \
            [env GIGASTT_MODEL_DIR; default ~/.gigastt/models]
            """)
    var modelDir: String?

    @Flag(
        help: """
            Use the demo model that is part of the program; it recognises synthesised voices, and people poorly. \
            [env GIGASTT_BUILT_IN_MODEL]
            """)
    var builtInModel = false

    @Option(help: "Head: rnnt, e2e_rnnt, ctc, e2e_ctc, ml_ctc or ml_ctc_large. [env GIGASTT_MODEL_VARIANT; detected]")
    var modelVariant: String?

    @Flag(
        help: """
            Write finals with the marks, capitals and digits of the head e2e_rnnt, which is loaded beside rnnt: twice the \
            time and memory. [env GIGASTT_FUSION]
            """)
    var fusion = false

    @Option(help: "Threads inside one decode. [env GIGASTT_ENCODER_INTRA_THREADS; default 1]")
    var encoderIntraThreads: Int?

    @Option(
        help: """
            Most waiting windows of streams and recordings that are encoded in one run, 1 to 64; more than 1 needs the \
            encoder of `gigastt quantize --form batch`. [env GIGASTT_ENCODER_BATCH; default 16 with cuda and that encoder, \
            else 1]
            """)
    var encoderBatch: Int?

    @Flag(
        inversion: .prefixedNo,
        help: """
            Run a prepared encoder on the kernels for this processor instead of ONNX Runtime; on x86 the default, on Arm \
            not measured. [env GIGASTT_KERNELS, GIGASTT_NO_KERNELS]
            """)
    var kernels: Bool?

    @Flag(help: "Detect speech with the Silero VAD model instead of by energy. [env GIGASTT_VAD]")
    var vad = false

    @Option(help: "Speech probability from which the VAD model detects speech, 0 to 1. [env GIGASTT_VAD_THRESHOLD]")
    var vadThreshold: Float?

    @Option(help: "Silence that ends an utterance, in milliseconds. [env GIGASTT_VAD_MIN_SILENCE_MS; default 500]")
    var vadMinSilenceMs: Int?

    @Option(
        help: """
            Folder of silero_vad.onnx. \
            [env GIGASTT_VAD_MODEL_DIR; default vad in the model folder, else ~/.gigastt/models/vad]
            """)
    var vadModelDir: String?

    @Option(
        name: [.long, .customLong("execution-provider")],
        help: ArgumentHelp(
            "Execution provider of the encoder: cpu, cuda, coreml, or auto, which is cpu. "
                + "[env GIGASTT_PROVIDER, GIGASTT_EXECUTION_PROVIDER; default auto]"))
    var provider: ProviderChoice?

    @Flag(help: "Download a missing model without the question that a terminal shows.")
    var yes = false

    @OptionGroup var cache: CacheOptions
    @OptionGroup var network: NetworkOptions

    func validate() throws {
        if builtInModel && modelDir != nil {
            throw ValidationError("--built-in-model and --model-dir exclude each other")
        }
    }

    /// Which model is loaded, and how; `threads` bounds those that run the model, `nil` leaves one worker per core. `text`
    /// adds the model of punctuation. On a terminal a missing model is asked for, see `FirstRun`, so that everything else is
    /// to be checked before; `check` is called before that and before a download.
    func loader(
        offline: Bool, usesVADByDefault: Bool = false, threads: Int? = nil, text: TextPassOptions? = nil,
        check: () throws -> Void = {}
    ) async throws -> ModelLoader {
        let head = try Setting.optional(
            modelVariant, variable: "GIGASTT_MODEL_VARIANT", parse: { $0 }
        ).map { name throws in
            guard let head = RecognitionHead(name: name) else {
                let known = RecognitionHead.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
                throw ValidationError("unknown model variant '\(name)' (expected \(known))")
            }
            return head
        }
        let network = network.values(offline: offline)
        var configuration = try configuration(threads: threads)
        let voiceActivity = try Setting.url(vadModelDir, variable: "GIGASTT_VAD_MODEL_DIR")
        let usesVAD = try usesVAD(byDefault: usesVADByDefault)
        let wanted = try source()
        if case .folder = wanted, wanted.folder(head: head).missingFiles() != nil { try check() }
        let source = try await FirstRun.source(wanted, head: head, network: network, assumesYes: yes)
        if usesVAD {
            let (name, file) = (ModelLoader.voiceActivityFolder, ModelLoader.voiceActivityFile)
            let folder = voiceActivity ?? source.folder(named: name, holding: file)
            configuration.voiceActivityModel = folder.appendingPathComponent(file)
        }
        var loader = ModelLoader(source: source, head: head, configuration: configuration, network: network)
        if let text {
            loader.configuration.punctuationModel = try text.punctuationModel(loader.source)
            loader.wantsPunctuation = try text.formatting().punctuation == true
        }
        return loader
    }

    private func source() throws -> ModelSource {
        ModelSource(
            flag: (builtInModel, try Setting.url(modelDir, variable: nil, makesFolders: true)),
            variable: (
                try Setting.flag(false, variable: "GIGASTT_BUILT_IN_MODEL"),
                try Setting.url(nil, variable: "GIGASTT_MODEL_DIR", makesFolders: true)
            ))
    }

    /// How the recognizer uses the machine.
    private func configuration(threads: Int?) throws -> RecognizerConfiguration {
        var configuration = RecognizerConfiguration()
        if let threads, threads < 1 { throw ValidationError("a model needs at least 1 thread, not \(threads)") }
        let intraThreads = try Setting.value(
            encoderIntraThreads, variable: "GIGASTT_ENCODER_INTRA_THREADS", default: 1, parse: { Int($0) })
        // More threads than cores slow each other down.
        let most = min(threads ?? .max, ProcessInfo.processInfo.activeProcessorCount)
        configuration.threadsPerWorker = min(max(1, intraThreads), most)
        if threads != nil { configuration.workerCount = max(1, most / configuration.threadsPerWorker) }
        let batch = try Setting.optional(encoderBatch, variable: "GIGASTT_ENCODER_BATCH", parse: { Int($0) })
        configuration.encoderBatchLimit = batch.map { Setting.clamped($0, to: 1...64, "encoder-batch") }
        let variable = try Setting.value(
            nil, variable: "GIGASTT_EXECUTION_PROVIDER", default: ProviderChoice.auto,
            parse: { ProviderChoice(rawValue: $0) })
        configuration.provider = try Setting.value(
            provider, variable: "GIGASTT_PROVIDER", default: variable, parse: { ProviderChoice(rawValue: $0) }
        ).provider
        configuration.cache = try cache.cache()
        let noKernels = try Setting.flag(false, variable: "GIGASTT_NO_KERNELS")
        configuration.usesKernels = try Setting.value(
            kernels ?? (noKernels ? false : nil), variable: "GIGASTT_KERNELS", default: configuration.usesKernels,
            parse: Setting.boolean)
        configuration.fusion = try Setting.flag(fusion, variable: "GIGASTT_FUSION")
        let threshold = try Setting.value(
            vadThreshold, variable: "GIGASTT_VAD_THRESHOLD", default: 0.5, parse: { Float($0) })
        if threshold.isNaN { throw ValidationError("the VAD threshold is not a number") }
        configuration.voiceActivityThreshold = Setting.clamped(threshold, to: 0...1, "vad-threshold")
        return configuration
    }

    /// How recordings are cut into utterances.
    func transcription() throws -> TranscriptionOptions {
        var options = TranscriptionOptions()
        options.endpointing.silence = try silence()
        return options
    }

    /// Silence that ends an utterance.
    func silence() throws -> Duration {
        let silence = try Setting.value(
            vadMinSilenceMs, variable: "GIGASTT_VAD_MIN_SILENCE_MS", default: 500, parse: { Int($0) })
        return .milliseconds(max(0, silence))
    }

    /// Whether a model detects voice activity.
    func usesVAD(byDefault: Bool = false) throws -> Bool {
        try Setting.flag(vad, variable: "GIGASTT_VAD", default: byDefault)
    }
}

extension TranscriptionOptions {
    /// Ends utterances as `serve` does for recordings, so that both give the same text.
    mutating func endUtterancesAsServed(by recognizer: Recognizer) {
        guard let silence = endpointing.silence else { return }
        endpointing = EndpointMode.auto.endpointing(
            silence: silence, hasModel: recognizer.capabilities.voiceActivityModel)
    }
}
