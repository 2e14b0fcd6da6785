import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// `gigastt-bench live`: people talking at the same time, in real time.
struct LiveBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live",
        abstract: "Paced live sessions: latency of partials and finals for numbers of sessions.")

    @Argument(help: "Numbers of sessions to measure, one row each.")
    var sessionCounts: [Int] = [1, 2, 4, 8]

    @OptionGroup var load: LoadOptions

    func run() async throws {
        let live = try await load.liveLoad()
        var table = Table([
            "sessions", "admitted", "first partial p50", "p95, ms", "partial lag p50", "p95, ms", "endpoint→final p50",
            "p95, ms",
            "finals", "revised words %", "CPU %", "peak RSS, MB",
        ])
        for count in sessionCounts {
            let (start, processor) = (ContinuousClock.now, ProcessMemory.processorSeconds)
            let sessions = try await live.sessions(count)
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            let usage = 100 * (ProcessMemory.processorSeconds - processor) / elapsed
            table.add(["\(count)"] + row(sessions, usage))
        }
        print(table.rendered)
    }

    private func row(_ sessions: [SessionLog], _ processorUsage: Double) -> [String] {
        func times(_ part: (SessionLog) -> [Double]) -> [String] {
            let values = sessions.flatMap(part)
            return [values.median, values.percentile(0.95)].map { String(format: "%.0f", $0 * 1_000) }
        }
        let shown = sessions.reduce(0) { $0 + $1.shownWords }
        let revised = Double(100 * sessions.reduce(0) { $0 + $1.revisedWords }) / Double(max(1, shown))
        return ["\(sessions.count)"] + times(\.firstPartials) + times(\.partialLags) + times(\.finalDelays)
            + [
                "\(sessions.reduce(0) { $0 + $1.finals })", String(format: "%.1f", revised),
                String(format: "%.0f", processorUsage), String(format: "%.0f", ProcessMemory.peakMegabytes),
            ]
    }
}

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

    var folder: ModelFolder { modelDir.map { ModelFolder(at: URL(fileURLWithPath: $0)) } ?? .demo }

    var workerCount: Int { workers ?? ProcessInfo.processInfo.activeProcessorCount }

    func clips() throws -> [[Float]] {
        recording.isEmpty
            ? SyntheticSpeech.clips() : try recording.map { try Talk.samples(of: URL(fileURLWithPath: $0)) }
    }

    /// Prepares the encoder, as the start of a server does, and prints in which form it runs.
    func liveLoad() async throws -> LiveLoad {
        let isPrepared =
            switch try await EncoderCache.standard.prepare(folder) {
            case .made, .repaired, .present: true
            case .unsuitable, .busy: false
            }
        print("Encoder: \(isPrepared ? "prepared" : "as it is in the folder")")
        var configuration = RecognizerConfiguration()
        configuration.workerCount = workerCount
        return LiveLoad(
            recognizer: try await Recognizer(folder, configuration: configuration), clips: try clips(),
            seconds: seconds)
    }
}
