import Foundation
public import Logging

/// Formats each log entry as one line, with all client data escaped, and passes it to a writer.
public struct ServerLog: LogHandler {
    /// What is part of every line.
    public var metadata = Logger.Metadata()
    /// The least important entries that are written.
    public var logLevel: Logger.Level
    private let label: String
    private let format: LogFormat
    private let write: @Sendable (String) -> Void

    /// - Parameter write: gets each line with its end; called from any thread.
    public init(
        label: String, format: LogFormat, level: Logger.Level, write: @escaping @Sendable (String) -> Void
    ) {
        self.label = label
        self.format = format
        self.write = write
        logLevel = level
    }

    /// A value that is part of every line.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line.
    public func log(event: LogEvent) {
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }
        write(
            Self.line(
                event.level, event.message.description, metadata: facts, label: label, format: format))
    }

    /// A line in the format of the log, with its end, for code without a logger.
    public static func line(
        _ level: Logger.Level, _ message: String, metadata: Logger.Metadata = [:], label: String, format: LogFormat
    ) -> String {
        LogLine(time: Date(), level: level, logger: label, message: message, metadata: metadata)
            .rendered(as: format)
    }
}
