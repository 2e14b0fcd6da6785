import Logging
import Synchronization

/// Keeps what is logged.
final class LogRecord: Sendable {
    private let entries = Mutex<[String]>([])

    /// A logger that writes here, everything.
    var logger: Logger {
        var logger = Logger(label: "test") { _ in Writer(record: self) }
        logger.logLevel = .trace
        return logger
    }

    /// `level message key=value …`, keys in order.
    var lines: [String] { entries.withLock { $0 } }

    private struct Writer: LogHandler {
        let record: LogRecord
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let facts = metadata.merging(event.metadata ?? [:]) { $1 }
            let pairs = facts.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            record.entries.withLock { $0.append("\(event.level) \(event.message)\(pairs)") }
        }
    }
}
