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
            let pairs = fields.map { field in
                // Each line has these four once.
                let name = Self.reserved.contains(field.name) ? field.name + "_" : field.name
                return ",\(LogText.quoted(name, limit: LogText.valueLimit)):\(field.value.json)"
            }
            return #"{"ts":"\#(timestamp)","level":"\#(level)","#
                + #""msg":\#(LogText.quoted(message, limit: LogText.messageLimit)),"#
                + #""logger":\#(LogText.quoted(logger, limit: LogText.valueLimit))\#(pairs.joined())}"# + "\n"
        }
    }

    private static let reserved: Set<String> = ["ts", "level", "msg", "logger"]

    /// RFC 3339 with milliseconds, UTC.
    private var timestamp: String { time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

    private enum Value {
        case number(String)
        case string(String)

        var text: String {
            switch self {
            case .number(let number): number
            case .string(let string): LogText.value(string)
            }
        }

        var json: String {
            switch self {
            case .number(let number): number
            case .string(let string): LogText.quoted(string, limit: LogText.valueLimit)
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
        case .stringConvertible(let number as Int): [(name, .number("\(number)"))]
        case .stringConvertible(let number as Double): [(name, .number(JSONLiteral.number(number)))]
        case .stringConvertible(let other): [(name, .string(other.description))]
        case .array(let values): values.enumerated().flatMap { flat("\(name).\($0)", $1) }
        case .dictionary(let values):
            values.sorted { $0.key < $1.key }.flatMap { flat("\(name).\($0.key)", $0.value) }
        }
    }
}
