import Logging
import Synchronization

@testable import GigaSTTServer

/// Keeps the lines of a log.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    /// Everything so far.
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }

    /// A logger that says everything it can.
    func logger(_ format: LogFormat) -> Logger {
        Logger(label: "gigastt") { ServerLog(label: $0, format: format, level: .trace, write: self.add) }
    }
}
