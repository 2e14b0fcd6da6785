import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// `gigastt-bench leak`: whether memory grows with the number of recognitions.
struct LeakBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leak", abstract: "Growth of memory over many recognitions of varied lengths.",
        discussion: "Exit code 1 when memory grows by more than the limit.")

    @Option(help: "Model folder; default: the built-in model.")
    var modelDir: String?

    @Option(help: "A recording to take pieces of.")
    var recording: String

    @Option(help: "Recognitions.")
    var runs = 20_000

    @Option(help: "Recognitions before the growth is looked at.")
    var warmUp = 2_000

    @Option(help: "Megabytes per 1000 recognitions that are no leak.")
    var limit = 1.0

    func run() async throws {
        let samples = try Talk.samples(of: URL(fileURLWithPath: recording))
        let longest = min(samples.count, 4 * 16_000)
        guard longest > 3_200, runs > warmUp + 200 else { throw ValidationError("too little speech, or too few runs") }
        var configuration = RecognizerConfiguration()
        configuration.workerCount = 1
        let folder = modelDir.map { ModelFolder(at: URL(fileURLWithPath: $0)) } ?? .demo
        let recognizer = try await Recognizer(folder, configuration: configuration)
        var random = SeededNumbers(1)
        var points: [(x: Double, y: Double)] = []
        var seconds = 0.0
        let start = ContinuousClock.now
        for run in 1...runs {
            let count = Int.random(in: 3_200...longest, using: &random)
            let first = Int.random(in: 0...samples.count - count, using: &random)
            _ = try await recognizer.transcribe(samples: Array(samples[first..<first + count]))
            seconds += Double(count) / 16_000
            if run > warmUp, run.isMultiple(of: 100) { points.append((Double(run), ProcessMemory.residentMegabytes)) }
        }
        let slope = 1_000 * Self.slope(points)
        var table = Table([
            "recognitions", "hours of audio", "time, s", "RSS after warm-up, MB", "at the end, MB", "MB per 1000",
        ])
        table.add([
            "\(runs)", String(format: "%.1f", seconds / 3_600),
            String(format: "%.0f", (ContinuousClock.now - start) / .seconds(1)),
            String(format: "%.1f", points.first?.y ?? 0), String(format: "%.1f", points.last?.y ?? 0),
            String(format: "%.3f", slope),
        ])
        print(table.rendered)
        if slope > limit { throw ExitCode(1) }
    }

    /// Of the line with the least squared distances.
    static func slope(_ points: [(x: Double, y: Double)]) -> Double {
        let count = Double(points.count)
        let (x, y) = (points.map(\.x).reduce(0, +) / count, points.map(\.y).reduce(0, +) / count)
        let products = points.map { ($0.x - x) * ($0.y - y) }.reduce(0, +)
        let squares = points.map { ($0.x - x) * ($0.x - x) }.reduce(0, +)
        return squares > 0 ? products / squares : 0
    }
}
