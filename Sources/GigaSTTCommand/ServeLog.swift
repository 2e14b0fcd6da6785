import Foundation
import Logging

/// The server's log: one line for each entry on standard error, as much as the console says.
struct ServeLog: LogHandler {
    var metadata = Logger.Metadata()
    var logLevel: Logger.Level

    /// A logger as talkative as the console.
    static func logger() -> Logger {
        let level = Console.level.load()
        var logger = Logger(label: "gigastt") { _ in ServeLog(logLevel: .info) }
        switch level {
        case .trace: logger.logLevel = .trace
        case .debug: logger.logLevel = .debug
        case .info: logger.logLevel = .info
        case .warn: logger.logLevel = .warning
        case .error: logger.logLevel = .error
        case .off: logger = Logger(label: "gigastt") { _ in SwiftLogNoOpLogHandler() }
        }
        return logger
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }
        let pairs = facts.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let time = Date().formatted(.iso8601.time(includingFractionalSeconds: true))
        Console.draw("\(time) \(event.level) \(event.message)\(pairs)\n")
    }
}
