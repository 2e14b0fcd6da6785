import Foundation
import Synchronization

/// What the person at the terminal sees beside the result: standard error.
enum Console {
    /// How much is said; set once, when the command line has been read.
    static let level = Level()

    /// Says what is good to know.
    static func note(_ text: String) {
        if level.load() <= .info { write(text) }
    }

    /// Says what is not as the person may expect.
    static func warn(_ text: String) {
        if level.load() <= .warn { write("Warning: \(text)") }
    }

    /// Says why the program ends.
    static func fail(_ text: String) { write(text) }

    /// Whether standard error is a terminal.
    static var isTerminal: Bool { isatty(FileHandle.standardError.fileDescriptor) == 1 }

    /// Writes `text` as it is.
    static func draw(_ text: String) {
        // Nobody can be told that standard error is closed or full, and the result matters more.
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    private static func write(_ text: String) { draw(text + "\n") }

    /// A level that any thread may read.
    final class Level: Sendable {
        private let value = Mutex(LogLevel.info)

        func load() -> LogLevel { value.withLock { $0 } }
        func store(_ level: LogLevel) { value.withLock { $0 = level } }
    }
}
