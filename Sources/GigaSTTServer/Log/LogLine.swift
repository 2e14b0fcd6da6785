import Foundation
import Logging
import STTValues

/// One entry of the log as a line.
struct LogLine: Sendable {
    let time: Date
    let level: Logger.Level
    let logger: String
    let message: String
    let metadata: Logger.Metadata

    /// The line with its end.
    func rendered(as format: LogFormat) -> String {
        switch format {
        case .text:
            let pairs = fields.map { " \(LogText.value($0.name))=\($0.value.text)" }.joined()
            return "\(timestamp) \(level) \(LogText.escaped(message, limit: LogText.messageLimit))\(pairs)\n"
        case .json:
            let pairs = fields.map { field -> (String, JSONValue?) in
                // Each line has these four once.
                let name = Self.reserved.contains(field.name) ? field.name + "_" : field.name
                return (LogText.bounded(name, limit: LogText.valueLimit), field.value.json)
            }
            let own: [(String, JSONValue?)] = [
                ("ts", .string(timestamp)), ("level", .string(level.rawValue)),
                ("msg", .string(LogText.bounded(message, limit: LogText.messageLimit))),
                ("logger", .string(LogText.bounded(logger, limit: LogText.valueLimit))),
            ]
            return LogText.safe(.object(own + pairs)) + "\n"
        }
    }

    private static let reserved: Set<String> = ["ts", "level", "msg", "logger"]

    /// RFC 3339 with milliseconds, UTC.
    private var timestamp: String { time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

    private enum Value {
        case number(JSONValue)
        case string(String)

        var text: String {
            switch self {
            case .number(let number): number.description
            case .string(let string): LogText.value(string)
            }
        }

        var json: JSONValue {
            switch self {
            case .number(let number): number
            case .string(let string): .string(LogText.bounded(string, limit: LogText.valueLimit))
            }
        }
    }

    /// Flat: what is nested is named `outer.inner`. By name, so that lines of one kind look alike.
    private var fields: [(name: String, value: Value)] {
        metadata.sorted { $0.key < $1.key }.flatMap { Self.flat($0.key, $0.value) }
    }

    private static func flat(_ name: String, _ value: Logger.MetadataValue) -> [(name: String, value: Value)] {
        switch value {
        case .string(let text): [(name, .string(text))]
        case .stringConvertible(let number as Int): [(name, .number(.integer(number)))]
        case .stringConvertible(let number as Double): [(name, .number(.number(number)))]
        case .stringConvertible(let other): [(name, .string(other.description))]
        case .array(let values): values.enumerated().flatMap { flat("\(name).\($0)", $1) }
        case .dictionary(let values):
            values.sorted { $0.key < $1.key }.flatMap { flat("\(name).\($0.key)", $0.value) }
        }
    }
}
