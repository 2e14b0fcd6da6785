import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// `gigastt-bench live`: people talking at the same time, in real time.
struct LiveBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "live",
        abstract: "Paced live sessions: latency of partials and finals, and what the encoder ran for.")

    @Argument(help: "Numbers of sessions to measure, one row each.")
    var sessionCounts: [Int] = [1, 2, 4, 8]

    @OptionGroup var load: LoadOptions

    @Option(help: "Write all figures to this file.")
    var json: String?

    func run() async throws {
        let (live, recognizer) = try await load.liveLoad()
        var report = LiveReport(load, recognizer)
        for count in sessionCounts {
            let before = recognizer.encoderShares
            let (start, processor) = (ContinuousClock.now, ProcessMemory.processorSeconds)
            let logs = try await live.sessions(count)
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            report.rows.append(
                LiveRow(
                    sessions: count, logs,
                    processorShare: (ProcessMemory.processorSeconds - processor) / elapsed,
                    encoder: LiveRow.encoder(from: before, to: recognizer.encoderShares)))
        }
        print(report.times)
        print("")
        print(report.encoderUse)
        guard let json else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(report).write(to: URL(fileURLWithPath: json))
    }
}
