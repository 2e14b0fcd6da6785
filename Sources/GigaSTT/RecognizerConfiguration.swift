public import Foundation

/// How a recognizer uses the machine.
public struct RecognizerConfiguration: Sendable {
    /// Windows decoded at the same time, each on a thread of its own; at least 1. By default one per core.
    public var workerCount = ProcessInfo.processInfo.activeProcessorCount
    /// Windows of recordings decoded at the same time; the other workers are kept for live speech. At least 1; `nil`
    /// lets recordings use them all.
    public var fileWorkerLimit: Int?
    /// Windows of one recording decoded at the same time; at least 1. `nil`: as many as recordings may use.
    public var fileWindowConcurrency: Int?
    /// Threads inside one decode. More than one helps a single stream on an idle machine only.
    public var threadsPerWorker = 1
    /// Delay of finals from which no live stream is admitted any more; at least 0.
    public var admissionLimit = Duration.seconds(5)
    /// How the constants of the front end are rounded.
    public var frontEnd = FrontEnd.original
    /// A Silero VAD model (`silero_vad.onnx`, v5) to find speech with; `nil` finds it by its energy. So does one that cannot
    /// be used: see `Recognizer.voiceActivityFailure`.
    public var voiceActivityModel: URL?
    /// Probability from which that model's output counts as speech, 0…1.
    public var voiceActivityThreshold: Float = 0.5

    /// Phrases to prefer where the options of a recording or a stream give none.
    public var hotwords: Hotwords = []
    /// The folder of a punctuation model of the RUPunct family (`rupunct_small_int8.onnx`, `tokenizer.json`,
    /// `config.json`); `nil` adds no punctuation. One that cannot be used does not keep speech from being recognised: see
    /// `Recognizer.punctuationFailure`.
    public var punctuationModel: URL?
    /// Called when one of these two models fails while it runs, once for each, on any thread: afterwards speech is found by its
    /// energy, and texts for which the punctuation model fails stay without punctuation. The error is for the operator's log.
    public var onModelFailure: (@Sendable (GigaSTTError) -> Void)?
    /// Whether the head `e2e_rnnt` of the same folder is loaded beside `rnnt`, so that finals have the words of `rnnt` and the
    /// marks, capitals and digits of `e2e_rnnt` (`TextFormatting.fusion`). Finals cost a second run of an encoder, and the
    /// memory is that of two models.
    public var fusion = false

    /// Whether speakers may get names and voices may be enrolled (`Recognizer.voicePrint`). Names identify people: set it
    /// only where those who are known by name have agreed.
    public var identifiesSpeakers = false

    /// Where prepared encoders are looked for; `nil` always loads the model's own file. See `Recognizer.encoderSource`.
    public var cache: EncoderCache? = .standard
    /// Whether a prepared encoder may run on kernels for this processor instead of ONNX Runtime. They are used where the
    /// processor has 8-bit dot products, and only if they pass a test at load. `true` by default on x86, where their speed
    /// was measured. Those of Arm compute what plain code does, under an emulator; how fast they are is not known.
    public var usesKernels = Self.hasMeasuredKernels
    /// The most windows of live streams and recordings that wait and are encoded in one run, 1 to 64. More than one needs
    /// the encoder in floats that `gigastt quantize --form batch` writes into the model folder, or with ``Provider/cuda`` the
    /// one in halves of `--form batch-fp16`, and is for hardware that runs such a batch faster than its windows one by one.
    /// Every window has the text that it has alone. `nil`: 16 with ``Provider/cuda`` where the folder has such an encoder,
    /// else 1.
    public var encoderBatchLimit: Int?
    /// The hardware on which the encoder runs.
    public var provider = Provider.cpu

    /// Hardware that an encoder can run on, if the ONNX Runtime library was built for it.
    public enum Provider: String, Sendable, Hashable, CaseIterable {
        /// The processor.
        case cpu
        /// NVIDIA's graphics processors.
        case cuda
        /// The neural and graphics processors of Apple's machines.
        case coreML = "coreml"
    }

    /// The front ends that GigaAM v3 was trained and published with.
    public enum FrontEnd: Sendable, Hashable, CaseIterable {
        /// 32-bit constants, as in the original code.
        case original
        /// Constants rounded to bfloat16, as in the published checkpoints.
        case published
    }

    #if arch(x86_64)
        private static let hasMeasuredKernels = true
    #else
        private static let hasMeasuredKernels = false
    #endif

    /// One worker per core, one thread each.
    public init() {}
}
