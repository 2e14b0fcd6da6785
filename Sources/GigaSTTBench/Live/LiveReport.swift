import Foundation
import GigaSTT
import LiveBenchmark

/// What `gigastt-bench live` measured, as it is printed and as it is written to a file.
struct LiveReport: Encodable {
    let model: String
    /// Whether the encoder is a prepared one, and the kernels that ran it.
    let isPrepared: Bool
    let kernels: String?
    let cores: Int
    let blockMilliseconds: Int
    let silenceMilliseconds: Int
    let secondsOfSpeech: Int
    var rows: [LiveRow] = []

    init(_ options: LoadOptions, _ recognizer: Recognizer) {
        model = recognizer.modelIdentifier
        isPrepared = recognizer.encoderSource == .prepared
        kernels = recognizer.encoderKernels
        cores = ProcessInfo.processInfo.activeProcessorCount
        (blockMilliseconds, silenceMilliseconds) = (options.block, options.silence)
        secondsOfSpeech = options.seconds
    }

    /// Latencies, and what the machine gave for them.
    var times: String {
        var table = Table([
            "sessions", "admitted", "first decode p50", "p95, ms", "first partial p50", "p95, ms", "partial lag p50",
            "p95, ms", "endpoint→final p50", "p95", "p99, ms", "finals", "revised words %", "CPU %", "peak RSS, MB",
        ])
        for row in rows {
            let times = [row.firstDecode, row.firstPartial, row.partialLag].flatMap { [$0.p50, $0.p95] }
            let finals = [row.final.p50, row.final.p95, row.final.p99]
            table.add(
                ["\(row.sessions)", "\(row.admitted)"] + (times + finals).map { String(format: "%.0f", $0) } + [
                    "\(row.finals)", String(format: "%.1f", 100 * row.revisedShare),
                    String(format: "%.0f", 100 * row.processorShare), String(format: "%.0f", row.peakMegabytes),
                ])
        }
        return table.rendered
    }

    /// Windows, and the share of the time of the encoder, by what it ran for.
    var encoderUse: String {
        let purposes = rows.first?.encoder.map(\.purpose) ?? []
        var table = Table(["sessions", "encoder, s"] + purposes.flatMap { [$0, "windows"] })
        for row in rows {
            let whole = row.encoder.reduce(0) { $0 + $1.seconds }
            let cells = row.encoder.flatMap {
                [String(format: "%.1f %%", 100 * $0.seconds / max(1e-9, whole)), "\($0.windows)"]
            }
            table.add(["\(row.sessions)", String(format: "%.2f", whole)] + cells)
        }
        return table.rendered
    }
}

/// A number of sessions at the same time.
struct LiveRow: Encodable {
    /// Quantiles of durations, in milliseconds.
    struct Times: Encodable, Equatable {
        let count: Int
        let p50: Double
        let p95: Double
        let p99: Double

        init(_ seconds: [Double]) {
            count = seconds.count
            (p50, p95, p99) = (
                1_000 * seconds.percentile(0.5), 1_000 * seconds.percentile(0.95), 1_000 * seconds.percentile(0.99)
            )
        }
    }

    /// What the encoder ran for, and how long.
    struct Use: Encodable, Equatable {
        let purpose: String
        let windows: Int
        let seconds: Double
    }

    let sessions: Int
    let admitted: Int
    /// From the onset of speech to the first decode of a partial.
    let firstDecode: Times
    /// From the onset of speech to the first text.
    let firstPartial: Times
    let partialLag: Times
    /// From the moment when the endpoint is certain.
    let final: Times
    let finals: Int
    let revisedShare: Double
    /// Of one core.
    let processorShare: Double
    let peakMegabytes: Double
    let encoder: [Use]

    init(sessions: Int, _ logs: [SessionLog], processorShare: Double, encoder: [Use]) {
        (self.sessions, admitted) = (sessions, logs.count)
        firstDecode = Times(logs.flatMap(\.firstDecodes))
        firstPartial = Times(logs.flatMap(\.firstPartials))
        partialLag = Times(logs.flatMap(\.partialLags))
        final = Times(logs.flatMap(\.finalDelays))
        finals = logs.reduce(0) { $0 + $1.finals }
        let shown = logs.reduce(0) { $0 + $1.shownWords }
        revisedShare = Double(logs.reduce(0) { $0 + $1.revisedWords }) / Double(max(1, shown))
        (self.processorShare, self.encoder) = (processorShare, encoder)
        peakMegabytes = ProcessMemory.peakMegabytes
    }

    /// What was added between two moments.
    static func encoder(from before: [Recognizer.EncoderShare], to after: [Recognizer.EncoderShare]) -> [Use] {
        zip(before, after).map { before, after in
            Use(
                purpose: after.purpose, windows: after.runCount - before.runCount,
                seconds: (after.time - before.time) / .seconds(1))
        }
    }
}
