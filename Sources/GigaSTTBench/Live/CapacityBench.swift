import ArgumentParser
import Foundation
import LiveBenchmark

/// `gigastt-bench capacity`: how many people can talk at the same time, beside the geometry of gigastt 2.3.
struct CapacityBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capacity",
        abstract: "The largest number of talkers whose finals come within a second of the endpoint (p95).")

    @OptionGroup var load: LoadOptions

    @Option(help: "Number to begin with.")
    var from = 2

    func run() async throws {
        let live = try await load.liveLoad().load
        let ours = try await CapacitySearch().largest(from: from) { count in
            let sessions = try await live.sessions(count)
            return report("utterances", count, sessions.flatMap(\.finalDelays)) && sessions.count == count
        }
        let windows = try SlidingWindowLoad(load)
        let reference = try await CapacitySearch().largest(from: from) { count in
            report("sliding windows", count, try await windows.finalDelays(count))
        }
        var table = Table(["geometry", "talkers"])
        table.add(["utterances, partials by load", "\(ours)"])
        table.add(["2.5 s windows every 0.2 and 0.8 s (gigastt 2.3)", "\(reference)"])
        table.add(["ratio", String(format: "%.1f", Double(ours) / Double(max(1, reference)))])
        print(table.rendered)
    }

    private func report(_ name: String, _ count: Int, _ delays: [Double]) -> Bool {
        let delay = delays.percentile(0.95)
        print(String(format: "%@: %d talkers, p95 %.0f ms", name, count, delay * 1_000))
        return !delays.isEmpty && delay < 1
    }
}
