import Foundation

/// Progress of a recording: a bar on a terminal, nothing elsewhere.
struct ProgressBar {
    private static let width = 30
    private let isShown = Console.isTerminal && Console.level.load() <= .info
    private var shown = ""

    /// Redraws the bar. `total` is `nil` when the length of the recording is not known.
    mutating func update(seconds: Double, of total: Double?) {
        guard isShown else { return }
        var text = Self.clock(seconds)
        if let total, total > 0 {
            let part = min(max(seconds / total, 0), 1)
            let filled = Int(part * Double(Self.width))
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
            text = "\(bar) \(Int(part * 100)) %  \(text) / \(Self.clock(total))"
        }
        guard text != shown else { return }
        shown = text
        Console.draw("\r\u{1B}[K" + text)
    }

    /// Removes the bar.
    mutating func clear() {
        if isShown, !shown.isEmpty { Console.draw("\r\u{1B}[K") }
        shown = ""
    }

    private static func clock(_ seconds: Double) -> String {
        let total = Int(seconds.rounded())
        let (minutes, rest) = (total / 60, total % 60)
        return "\(minutes):\(rest < 10 ? "0" : "")\(rest)"
    }
}
