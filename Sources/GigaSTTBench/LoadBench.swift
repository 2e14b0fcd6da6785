import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// `gigastt-bench load`: how long a start takes and what memory it takes, with the model's own encoder and with the
/// prepared one, in turns.
struct LoadBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Time and memory of a start, plain and prepared; each in a process of its own.")

    @Option(help: "Model folder.")
    var modelDir: String

    @Option(help: "Folder of prepared encoders; default: one that is removed at the end.")
    var cacheDir: String?

    @Option(help: "A recording to decode, of at least 16 seconds.")
    var recording: String

    @Option(help: "Repetitions; medians are printed.")
    var repetitions = 5

    func run() async throws {
        let temporary = FileManager.default.temporaryDirectory.appendingPathComponent("cache-\(UUID())")
        defer { try? FileManager.default.removeItem(at: temporary) }
        let cache = EncoderCache(at: cacheDir.map { URL(fileURLWithPath: $0) } ?? temporary)
        let start = ContinuousClock.now
        let outcome = try await cache.prepare(ModelFolder(at: URL(fileURLWithPath: modelDir)))
        print(String(format: "preparation: \(outcome), %.1f s", (ContinuousClock.now - start) / .seconds(1)))
        let plain = ["one-load", modelDir, recording]
        let modes = [("plain", plain), ("prepared", plain + ["--cache-dir", cache.url.path])]
        var values: [String: [[Double]]] = [:]
        for _ in 0..<repetitions {
            for (name, arguments) in modes { values[name, default: []].append(try OwnProcess.numbers(arguments, 7)) }
        }
        var table = Table([
            "encoder", "load, ms", "CPU of the load, ms", "first 16 s, ms", "next 16 s, ms", "RSS, MB",
            "of it anonymous, MB", "peak RSS, MB",
        ])
        for (name, _) in modes {
            let rows = values[name] ?? []
            table.add([name] + (0..<7).map { column in String(format: "%.0f", rows.map { $0[column] }.median) })
        }
        print(table.rendered)
    }
}

/// Loads a model, decodes 16 s a few times, and prints load, first and later times in ms, and memory in
/// MB.
struct OneLoad: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "one-load", shouldDisplay: false)

    @Argument var modelDir: String
    @Argument var recording: String
    @Option var cacheDir: String?

    func run() async throws {
        let samples = Array(try Talk.samples(of: URL(fileURLWithPath: recording)).prefix(16 * 16_000))
        guard samples.count == 16 * 16_000 else { throw ValidationError("the recording is shorter than 16 s") }
        var configuration = RecognizerConfiguration()
        configuration.workerCount = 1
        configuration.cache = cacheDir.map { EncoderCache(at: URL(fileURLWithPath: $0)) }
        let clock = ContinuousClock()
        let before = ProcessMemory.processorSeconds
        var start = clock.now
        let recognizer = try await Recognizer(
            ModelFolder(at: URL(fileURLWithPath: modelDir)), configuration: configuration)
        let (load, processor) = (clock.now - start, ProcessMemory.processorSeconds - before)
        guard (recognizer.encoderSource == .prepared) == (cacheDir != nil) else {
            throw ValidationError("the prepared encoder was not used: \(recognizer.encoderSource)")
        }
        var runs: [Double] = []
        for _ in 0..<3 {
            start = clock.now
            _ = try await recognizer.transcribe(samples: samples)
            runs.append((clock.now - start) / .milliseconds(1))
        }
        print(
            load / .milliseconds(1), 1_000 * processor, runs[0], Array(runs.dropFirst()).median,
            ProcessMemory.residentMegabytes,
            ProcessMemory.anonymousMegabytes, ProcessMemory.peakMegabytes)
    }
}
