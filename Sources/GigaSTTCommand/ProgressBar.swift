import Foundation
import GigaSTTDownload

/// Progress of a recording or a download: a bar on a terminal, nothing elsewhere.
struct ProgressBar {
    private static let width = 30
    private let isShown = Console.isTerminal && Console.level.load() <= .info
    private var shown = ""

    /// Redraws the bar. `total` is `nil` when the length of the recording is not known.
    mutating func update(seconds: Double, of total: Double?) {
        guard let total, total > 0 else { return draw(Self.clock(seconds)) }
        draw("\(Self.bar(seconds / total))  \(Self.clock(seconds)) / \(Self.clock(total))")
    }

    /// Redraws the bar. One MB is a million bytes.
    mutating func update(_ progress: ModelDownloader.Progress) {
        let bytes = "\(Self.megabytes(progress.completedByteCount)) / \(Self.megabytes(progress.totalByteCount)) MB"
        let note =
            switch progress.activity {
            case .downloading, .done: ""
            case .verifying: "  verifying"
            case .waiting: "  waiting for another download"
            case .retrying(let wait): "  trying again in \(max(wait.components.seconds, 1)) s"
            }
        draw("\(Self.bar(progress.fraction))  \(bytes)\(note)")
    }

    /// Removes the bar.
    mutating func clear() {
        if isShown, !shown.isEmpty { Console.draw("\r\u{1B}[K") }
        shown = ""
    }

    private mutating func draw(_ text: String) {
        guard isShown, text != shown else { return }
        shown = text
        Console.draw("\r\u{1B}[K" + text)
    }

    private static func bar(_ share: Double) -> String {
        let part = min(max(share, 0), 1)
        let filled = Int(part * Double(width))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        return "\(bar) \(Int(part * 100)) %"
    }

    private static func megabytes(_ bytes: Int64) -> String { String(format: "%.1f", Double(bytes) / 1_000_000) }

    private static func clock(_ seconds: Double) -> String {
        let total = Int(seconds.rounded())
        let (minutes, rest) = (total / 60, total % 60)
        return "\(minutes):\(rest < 10 ? "0" : "")\(rest)"
    }
}
