import Foundation
import GigaSTT
import GigaSTTServer
import Logging
import Synchronization

/// Messages on standard error, beside the result on standard output.
enum Console {
    /// The log level; set once, after the command line is parsed.
    static let level = Choice(LogLevel.info)
    /// The format of every line.
    static let format = Choice(LogFormat.text)

    /// Prints information.
    static func note(_ text: String) {
        if level.load() <= .info { write(text, .info) }
    }

    /// Prints a warning.
    static func warn(_ text: String) {
        if level.load() <= .warn { write("Warning: \(text)", .warning) }
    }

    /// Prints that a model failed while it ran.
    static func warn(_ failure: GigaSTTError) { warn("\(failure.message) (\(failure.detail))") }

    /// Prints what was requested, at any log level.
    static func result(_ text: String) { write(text, .info) }

    /// Prints why the program ends.
    static func fail(_ text: String) { write(text, .error) }

    /// Whether standard error is a terminal.
    static var isTerminal: Bool { isatty(FileHandle.standardError.fileDescriptor) == 1 }

    private static let turn = Mutex(())
    private static let queue = Choice<LogQueue?>(nil)

    /// Writes `text` as it is. Lines of several threads do not mix.
    static func draw(_ text: String) {
        if let queue = queue.load() { queue.append(text) } else { drawNow(text) }
    }

    /// Runs `body` while text is written by a thread of its own: a reader of standard error that has stopped reading
    /// does not stop the program.
    static func queueing(_ body: () async throws -> Void) async rethrows {
        let lines = LogQueue(
            dropped: { count in
                ServerLog.line(
                    .warning, "log lines dropped", metadata: ["count": .stringConvertible(count)], label: "gigastt",
                    format: format.load())
            }, write: drawNow)
        queue.store(lines)
        defer {
            queue.store(nil)
            lines.finish(within: .seconds(1))
        }
        try await body()
    }

    /// Waits until queued lines are written, for half a second at most.
    static func flush() { queue.load()?.finish(within: .milliseconds(500)) }

    private static func drawNow(_ text: String) {
        turn.withLock { _ in
            // A closed or full standard error cannot be reported, and must not lose the result.
            try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
        }
    }

    private static func write(_ text: String, _ level: Logger.Level) {
        switch format.load() {
        case .text: draw(text + "\n")
        case .json: draw(ServerLog.line(level, text, label: "gigastt", format: .json))
        }
    }

    /// A value shared by threads.
    final class Choice<Value: Sendable>: Sendable {
        private let value: Mutex<Value>

        init(_ value: Value) { self.value = Mutex(value) }

        func load() -> Value { value.withLock { $0 } }
        func store(_ new: Value) { value.withLock { $0 = new } }
    }
}
