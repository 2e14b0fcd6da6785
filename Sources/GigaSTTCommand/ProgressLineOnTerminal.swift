import Synchronization

/// One line with a growing share on a terminal; elsewhere the text once.
final class ProgressLineOnTerminal: Sendable {
    private let text: String
    private let isDrawn = Console.isTerminal && Console.level.load() <= .info
    private let percent = Mutex<Int?>(nil)

    init(_ text: String) { self.text = text }

    /// Shows a share, 0…1.
    func show(_ share: Double) {
        let now = Int(share * 100)
        let (isFirst, isNew) = percent.withLock { percent in
            defer { percent = now }
            return (percent == nil, percent != now)
        }
        if isDrawn {
            if isNew { Console.draw("\r\u{1B}[K\(text): \(now) %") }
        } else if isFirst {
            Console.note("\(text) …")
        }
    }

    /// Removes the line.
    func end() {
        if isDrawn, percent.withLock({ $0 }) != nil { Console.draw("\r\u{1B}[K") }
    }
}
