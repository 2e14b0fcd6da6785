import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark
import OnnxRuntime
import STTEncoderCache
import STTMedia

/// `gigastt doctor`: what is installed, whether it works, and what to do.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Show what is installed, whether it works, and what to do.",
        discussion: """
            Nothing is downloaded or changed. The report has no names of users and no values of settings, so that it can be \
            pasted into a bug report. Exit code 1 when there is a problem.
            """)

    @Flag(help: "Print a JSON object.")
    var json = false

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Text") var text: TextPassOptions
    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func run() async throws {
        general.apply(program.general)
        let loader = try await model.loader(offline: true, text: text)
        let report = try await Interruption.cancelling { await Self.report(loader) }
        print(try json ? report.json() : report.text)
        if !report.isSound { throw ExitCode.failure }
    }

    private static func report(_ loader: ModelLoader) async -> DoctorReport {
        let privacy = PathPrivacy()
        var report = DoctorReport()
        report.describeMachine()
        report.describeLibraries(privacy)
        report.provider = loader.configuration.provider.rawValue
        if case .folder(let url) = loader.source { report.model.folder = privacy.text(url.path) }
        if report.runtime != nil { await report.tryModel(loader, privacy) }
        return report
    }
}

extension DoctorReport {
    fileprivate mutating func describeMachine() {
        let process = ProcessInfo.processInfo
        version = Gigastt.version
        system = process.operatingSystemVersionString
        coreCount = process.activeProcessorCount
        availableMemory = FreeMemory.now
        variables = process.environment.keys.filter { $0.hasPrefix("GIGASTT_") || $0 == "ONNXRUNTIME_LIB" }.sorted()
    }

    /// The instruction sets that make a difference to the speed of 8-bit products.
    private static let decisive: Set<String> = [
        "avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "asimd", "asimddp", "i8mm", "sve",
    ]

    fileprivate mutating func describeLibraries(_ privacy: PathPrivacy) {
        do {
            let library = try OrtEnvironment.shared().library
            runtime = Runtime(version: library.version, path: privacy.text(library.path))
            let processor = RuntimeFingerprint(library).processor.split(separator: " ").map(String.init)
            architecture = processor.first.map { String($0.prefix { $0 != ":" }) } ?? ""
            instructions = processor.filter(Self.decisive.contains)
        } catch {
            runtimeFailure = privacy.text(error.message)
        }
        neededFFmpeg = FFmpegLibraries.wantedVersion
        ffmpeg = FFmpegLibraries.open().map {
            FFmpeg(libavformat: $0.format, libavcodec: $0.codec, libavutil: $0.utility)
        }
    }

    /// Loads the model and recognises a clip with it.
    fileprivate mutating func tryModel(_ loader: ModelLoader, _ privacy: PathPrivacy) async {
        let folder = loader.source.folder(head: loader.head)
        do {
            let recognizer = try await Recognizer(folder, configuration: loader.configuration)
            model.name = recognizer.modelIdentifier
            model.head = recognizer.head.rawValue
            model.precision = recognizer.isQuantized ? "int8" : "float"
            model.isPrepared = recognizer.encoderSource == .prepared
            model.kernels = recognizer.encoderKernels
            if let preparation = loader.preparation, !model.isPrepared {
                let size = try preparation.cache.preparationSize(for: folder)
                // Where the encoder is small, preparing it is not worth it.
                let plan = PreparationPlan(byteCount: size, isLongRunning: false, freeMemory: nil)
                model.canBePrepared = plan != .nothing
            }
            model.addsPunctuation = loader.configuration.punctuationModel != nil && recognizer.punctuationFailure == nil
            voiceActivityFailure = recognizer.voiceActivityFailure.map { privacy.text("\($0.message) (\($0.detail))") }
            speed = try await Self.speed(recognizer)
            await recognizer.shutDown()
        } catch let error as GigaSTTError {
            modelFailure = privacy.text(error.detail.isEmpty ? error.message : "\(error.message) (\(error.detail))")
        } catch {
            modelFailure = privacy.text("\(error)")
        }
    }

    private static func speed(_ recognizer: Recognizer) async throws -> Speed {
        try await recognizer.warmUp()
        let samples = SyntheticSpeech.clips().flatMap { $0 + [Float](repeating: 0, count: 16_000) }
        let start = ContinuousClock.now
        _ = try await recognizer.transcribe(samples: samples)
        return Speed(
            audioSeconds: Double(samples.count) / 16_000, seconds: (ContinuousClock.now - start) / .seconds(1),
            threadCount: recognizer.status.workerCount)
    }
}
