import GigaSTTServer
import Logging

extension Console {
    /// The logger of a server, at the level of the console.
    static func logger() -> Logger {
        guard let level = level.load().logged else {
            return Logger(label: "gigastt") { _ in SwiftLogNoOpLogHandler() }
        }
        return Logger(label: "gigastt") { label in
            ServerLog(label: label, format: format.load(), level: level, write: draw)
        }
    }
}

extension LogLevel {
    /// The level of swift-log; `nil` for `off`.
    private static let table: [LogLevel: Logger.Level] = [
        .trace: .trace, .debug: .debug, .info: .info, .warn: .warning, .error: .error,
    ]
    fileprivate var logged: Logger.Level? { Self.table[self] }
}
