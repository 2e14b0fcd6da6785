import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// Which model and which speech a load is made of.
struct LoadOptions: ParsableArguments {
    @Option(help: "Model folder; default: the built-in model.")
    var modelDir: String?

    @Option(help: "Recordings to speak, repeated in turn; default: noise with the contour of speech.")
    var recording: [String] = []

    @Option(help: "Seconds of speech per session.")
    var seconds = 30

    @Option(help: "Workers; default: one per core.")
    var workers: Int?

    @Option(help: "Length of the blocks in which speech is sent, in milliseconds.")
    var block = 100

    @Option(help: "Silence that ends an utterance, in milliseconds.")
    var silence = 500

    @Flag(help: "Run the encoder as it is in the folder.")
    var noCache = false

    @Flag(help: "Run the prepared encoder in ONNX Runtime instead of kernels.")
    var noKernels = false

    func validate() throws {
        guard (1...1_000).contains(block), (80...10_000).contains(silence) else {
            throw ValidationError("--block is 1 to 1000 ms, --silence 80 to 10000 ms")
        }
    }

    var folder: ModelFolder { modelDir.map { ModelFolder(at: URL(fileURLWithPath: $0)) } ?? .demo }

    var workerCount: Int { workers ?? ProcessInfo.processInfo.activeProcessorCount }

    func clips() throws -> [[Float]] {
        recording.isEmpty
            ? SyntheticSpeech.clips() : try recording.map { try Talk.samples(of: URL(fileURLWithPath: $0)) }
    }

    /// Prepares the encoder, as the start of a server does, unless that is switched off; prints in which form it runs.
    func liveLoad() async throws -> (load: LiveLoad, recognizer: Recognizer) {
        let cache: EncoderCache? = noCache ? nil : .standard
        let isPrepared =
            switch try await cache?.prepare(folder) {
            case .made, .repaired, .present: true
            case .unsuitable, .busy, nil: false
            }
        print("Encoder: \(isPrepared ? "prepared" : "as it is in the folder")")
        var configuration = RecognizerConfiguration()
        configuration.workerCount = workerCount
        configuration.cache = cache
        if noKernels { configuration.usesKernels = false }
        let recognizer = try await Recognizer(folder, configuration: configuration)
        var load = LiveLoad(recognizer: recognizer, clips: try clips(), seconds: seconds)
        (load.blockDuration, load.silence) = (.milliseconds(block), .milliseconds(silence))
        return (load, recognizer)
    }
}
