public import Foundation

/// A running program: its output can be awaited, and it can be interrupted.
public final class RunningProgram: Sendable {
    /// Its standard input; writing waits while the program does not read.
    public let input: FileHandle
    private let errors: FileHandle
    private let process: Process
    private let ended = Moment()

    /// Starts the program; its standard output goes to `output`.
    public init(_ program: Program, _ arguments: [String], output: FileHandle = .nullDevice) throws {
        let (entry, exit) = (Pipe(), Pipe())
        process = program.process(arguments)
        process.standardInput = entry
        process.standardError = exit
        process.standardOutput = output
        input = entry.fileHandleForWriting
        errors = exit.fileHandleForReading
        process.terminationHandler = { [ended] _ in ended.come() }
        try process.run()
    }

    /// The number of the process.
    public var identifier: Int32 { process.processIdentifier }

    /// Returns when standard error contains `text`, or has ended without, and what it said until then.
    @discardableResult
    public func waitFor(_ text: String) async -> String {
        await onThread { [self] in read(until: text) }
    }

    /// Sends a signal as soon as standard error contains `text`, from the thread that reads it: a busy pool of Swift's
    /// tasks would give the program the time to end first.
    public func send(_ signal: Int32, after text: String) async {
        await onThread { [self] in
            read(until: text)
            kill(identifier, signal)
        }
    }

    @discardableResult
    private func read(until text: String) -> String {
        var said = ""
        while !said.contains(text) {
            let data = errors.availableData
            if data.isEmpty { break }
            said += String(decoding: data, as: UTF8.self)
        }
        return said
    }

    /// Its standard error from now until it ends.
    public func rest() async -> String {
        await onThread { [errors] in String(decoding: errors.readDataToEndOfFile(), as: UTF8.self) }
    }

    /// Ctrl-C.
    public func interrupt() { process.interrupt() }

    /// The exit code, plus 128 for a signal, when it has ended.
    public func end() async -> Int32 {
        await ended.wait()
        return process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    }
}

/// Runs blocking work on a thread of its own.
public func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: body()) }
    }
}
