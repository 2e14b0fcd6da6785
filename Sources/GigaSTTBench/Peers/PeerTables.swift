import Foundation
import LiveBenchmark

/// The results of one number of threads, as they are printed.
struct PeerTables {
    let records: [PeerRecord]

    /// Times of one group.
    func times(of group: PeerRecordings.Group) -> String {
        var table = Table([
            "engine", "RTF", "min–max", "ms", "front end, ms", "encoder, ms", "search, ms", "processor s per s",
            "letters",
        ])
        for record in records {
            guard let runs = record.runs[group.name] else {
                table.add([record.name] + [String](repeating: "–", count: 8))
                continue
            }
            let times = runs.map(\.seconds)
            func part(_ path: KeyPath<PeerAnswer.Parts, Double>) -> String {
                let values = runs.compactMap { $0.parts?[keyPath: path] }
                return values.isEmpty ? "–" : Self.milliseconds(values.median)
            }
            let range = [times.min() ?? 0, times.max() ?? 0].map { Self.ratio($0 / group.seconds) }
            table.add([
                record.name, Self.ratio(times.median / group.seconds), range.joined(separator: "–"),
                Self.milliseconds(times.median), part(\.features), part(\.encoder), part(\.search),
                String(format: "%.2f", runs.map { $0.processor / $0.seconds }.median), "\(runs.last?.letters ?? 0)",
            ])
        }
        return table.rendered
    }

    /// How much faster ours are: round by round, the middle and the extremes.
    func ratios(of group: PeerRecordings.Group) -> String {
        let ours = PeerEngine.ours.compactMap { engine in records.first { $0.name == engine.name } }
        var table = Table(["times as fast as"] + ours.map(\.name))
        for record in records where !ours.contains(where: { $0.name == record.name }) {
            table.add(
                [record.name]
                    + ours.map { mine in
                        let pairs = zip(record.runs[group.name] ?? [], mine.runs[group.name] ?? [])
                        let ratios = pairs.map { $0.seconds / $1.seconds }
                        guard let least = ratios.min(), let most = ratios.max() else { return "–" }
                        return String(format: "%.2f (%.2f–%.2f)", ratios.median, least, most)
                    })
        }
        return table.rendered
    }

    /// What does not depend on the recording.
    var starts: String {
        var table = Table(["engine", "load, s", "start to first text, s", "peak RSS, MB", "remark"])
        for record in records {
            table.add([
                record.name, String(format: "%.2f", record.load), String(format: "%.2f", record.firstText),
                String(format: "%.0f", record.peakMegabytes), record.failure ?? "",
            ])
        }
        return table.rendered
    }

    private static func ratio(_ value: Double) -> String { String(format: "%.4f", value) }
    private static func milliseconds(_ seconds: Double) -> String { String(format: "%.1f", seconds * 1_000) }
}
