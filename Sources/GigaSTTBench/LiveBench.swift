import ArgumentParser
import Foundation
import GigaSTT

/// `gigastt-bench live`: people talking at the same time, in real time.
struct LiveBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live",
        abstract: "Paced live sessions: latency of partials and finals, and how many this machine carries.")

    @Argument(help: "Numbers of sessions to measure, one row each.")
    var sessionCounts: [Int] = [1, 2, 4, 8]

    @Option(help: "Model folder; default: the built-in model.")
    var modelDir: String?

    @Option(help: "Recordings to speak (16 kHz WAV), repeated in turn.")
    var recording: [String]

    @Option(help: "Seconds of speech per session.")
    var seconds = 30

    @Option(help: "Workers; default: one per core.")
    var workers: Int?

    func run() async throws {
        var configuration = RecognizerConfiguration()
        if let workers { configuration.workerCount = workers }
        let folder = modelDir.map { ModelFolder(at: URL(fileURLWithPath: $0)) } ?? .builtIn
        let recognizer = try await Recognizer(folder, configuration: configuration)
        let clips = try recording.map { try Talk.samples(of: $0) }
        var table = Table([
            "sessions", "first partial p50", "p95, ms", "partial lag p50", "p95, ms", "endpoint→final p50", "p95, ms",
            "finals", "revised words %", "CPU %", "peak RSS, MB",
        ])
        for count in sessionCounts {
            let load = LiveLoad(recognizer: recognizer, clips: clips, sessionCount: count, seconds: seconds)
            table.add(try await load.row())
        }
        print(table.rendered)
    }
}
