import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// `gigastt-bench idle`: what streams cost in which nobody speaks, and what they do to one in which somebody does.
struct IdleBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle", abstract: "Memory of open, silent streams, and one active stream beside them.")

    @Option(help: "Silent streams.")
    var streams = 5_000

    @OptionGroup var load: LoadOptions

    func run() async throws {
        let recognizer = try await Recognizer(load.folder)
        let active = LiveLoad(recognizer: recognizer, clips: try load.clips(), seconds: load.seconds)
        var table = Table([
            "silent streams", "RSS, MB", "KB per stream", "first partial p50, ms", "final delay p95, ms",
        ])
        table.add(try await row(0, active, base: ProcessMemory.residentMegabytes))
        let base = ProcessMemory.residentMegabytes
        var open: [LiveStream] = []
        for _ in 0..<streams {
            let stream = try recognizer.liveStream()
            // Three seconds in pieces, as a silent microphone sends them: the pre-roll is full.
            for _ in 0..<30 { try await stream.append([Float](repeating: 0, count: 1_600)) }
            open.append(stream)
        }
        table.add(try await row(streams, active, base: base))
        print(table.rendered)
        for stream in open { stream.cancel() }
    }

    private func row(_ count: Int, _ active: LiveLoad, base: Double) async throws -> [String] {
        let resident = ProcessMemory.residentMegabytes
        let sessions = try await active.sessions(1)
        let perStream = count == 0 ? "" : String(format: "%.1f", (resident - base) * 1_024 / Double(count))
        return [
            "\(count)", String(format: "%.0f", resident), perStream,
            String(format: "%.0f", sessions.flatMap(\.firstPartials).median * 1_000),
            String(format: "%.0f", sessions.flatMap(\.finalDelays).percentile(0.95) * 1_000),
        ]
    }
}
