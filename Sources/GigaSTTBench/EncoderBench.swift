import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark
import OnnxRuntime
import STTEncoderCache
import STTRecognition

/// `gigastt-bench encoders`: the prepared encoder through ONNX Runtime and on kernels, in turns.
struct EncoderBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encoders", abstract: "Time of the encoder alone, by form, threads and length of the window.")

    @Option(help: "Model folder.")
    var modelDir: String

    @Option(help: "Folder of prepared encoders.")
    var cacheDir: String

    @Option(help: "A recording of at least 16 seconds.")
    var recording: String

    @Option(help: "Repetitions; medians are printed.")
    var repetitions = 7

    private static let seconds = [2.5, 4, 16]

    func run() async throws {
        let folder = ModelFolder(at: URL(fileURLWithPath: modelDir))
        let cache = EncoderCache(at: URL(fileURLWithPath: cacheDir))
        try await cache.prepare(folder)
        let files = try ModelFiles(in: folder.url)
        let runtime = RuntimeFingerprint(try OrtEnvironment.shared().library)
        guard case .found(let prepared) = CacheFolder(cache.url).find(files.encoder, for: runtime) else {
            throw ValidationError("the model cannot be prepared")
        }
        let samples = Array(try Talk.samples(of: URL(fileURLWithPath: recording)).prefix(16 * 16_000))
        guard samples.count == 16 * 16_000 else { throw ValidationError("the recording is shorter than 16 s") }
        var frontEnd = LogMel()
        let values = frontEnd.append(samples).values
        let forms = try [(false, 1), (false, 2), (true, 1), (true, 2)].compactMap { usesKernels, threads in
            try Form(files, prepared, usesKernels: usesKernels, threads: threads)
        }
        var times = forms.map { _ in Self.seconds.map { _ in [Double]() } }
        for repetition in 0...repetitions {
            for (column, seconds) in Self.seconds.enumerated() {
                let window = FeatureWindow(values: Array(values.prefix(Int(seconds * 100) * 64)))
                for (row, form) in forms.enumerated() {
                    let time = try form.time(window)
                    // The first run takes in the weights.
                    if repetition > 0 { times[row][column].append(time) }
                }
            }
        }
        var table = Table(["encoder", "threads"] + Self.seconds.map { String(format: "%g s, ms", $0) })
        for (form, times) in zip(forms, times) {
            table.add([form.name, "\(form.threads)"] + times.map { String(format: "%.1f", 1_000 * $0.median) })
        }
        print(table.rendered)
        withExtendedLifetime(prepared) {}
    }

    private struct Form {
        let name: String
        let threads: Int
        let model: SpeechModel

        /// `nil` when this machine has no kernels.
        init?(_ files: ModelFiles, _ prepared: PreparedEncoder, usesKernels: Bool, threads: Int) throws {
            var options = SessionOptions()
            options.intraOpThreads = threads
            options.settings["session.intra_op.allow_spinning"] = "0"
            model = try SpeechModel(
                files.replacingEncoder(with: prepared.graph, kernels: usesKernels ? prepared.kernels : nil),
                options: options, helperCount: threads - 1)
            self.threads = threads
            name = model.encoderKernels.map { "kernels, \($0)" } ?? "ONNX Runtime"
            if usesKernels && model.encoderKernels == nil { return nil }
        }

        func time(_ window: FeatureWindow) throws -> Double {
            var timing = DecodeTiming()
            _ = try model.decode(window, cancellation: RunCancellation(in: model.environment), timing: &timing)
            return timing.encoder / .seconds(1)
        }
    }
}
