public import Foundation
import GigaSTT
import Synchronization

/// The built program `gigastt`, run as a stranger would.
public struct Program: Sendable {
    /// How a run ended.
    public struct Result: Sendable {
        /// The exit code; a signal's number plus 128 when one ended it.
        public let code: Int32
        /// Standard output.
        public let output: String
        /// Standard error.
        public let errors: String
    }

    /// Environment variables beside those of the tests; `nil` removes one.
    public var environment: [String: String?] = [:]

    /// The program with the built-in model and without the network, in a home folder without a model, and without the
    /// settings of the user who runs the tests. Texts have no punctuation: tests of other parts expect the words.
    public init() {
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("GIGASTT_") {
            environment[name] = .some(nil)
        }
        environment["GIGASTT_BUILT_IN_MODEL"] = "1"
        environment["GIGASTT_OFFLINE"] = "1"
        environment["GIGASTT_PUNCTUATION"] = "off"
        environment["HOME"] = FileManager.default.temporaryDirectory.appendingPathComponent("no-home").path
    }

    /// The executable: beside the test bundle, or beside the model of the library when something else runs the tests.
    public static var executable: URL {
        let model = ModelFolder.demo.url.resolvingSymlinksInPath()
        let folders = [
            Bundle.main.executableURL?.deletingLastPathComponent(),
            model.deletingLastPathComponent().deletingLastPathComponent(),
        ].compactMap(\.self)
        let places = folders.map { $0.appendingPathComponent("gigastt") }
        return places.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? places[0]
    }

    /// A process that has not been started, with the program's environment.
    public func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = Self.executable
        process.arguments = arguments
        var variables = ProcessInfo.processInfo.environment
        for (name, value) in environment { variables[name] = value }
        process.environment = variables
        return process
    }

    /// Runs the program to its end, with `input` on its standard input.
    public func run(_ arguments: [String], input: Data = Data()) async throws -> Result {
        try await Self.finish(process(arguments), input: input)
    }

    /// Runs a line of the shell in which `$0` is the program, to its end.
    public func shell(_ line: String, _ arguments: [String] = []) async throws -> Result {
        let process = process(["-c", line, Self.executable.path] + arguments)
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        return try await Self.finish(process, input: Data())
    }

    /// Runs a process to its end.
    public static func finish(_ process: Process, input: Data = Data()) async throws -> Result {
        let (output, errors, entry) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = entry
        let ended = Ended()
        process.terminationHandler = { _ in ended.set() }
        try process.run()
        async let outputText = Self.read(output)
        async let errorText = Self.read(errors)
        async let written: Void = Self.write(input, to: entry)
        let texts = await (outputText, errorText)
        await written
        await ended.wait()
        let signalled = process.terminationReason == .uncaughtSignal
        return Result(code: process.terminationStatus + (signalled ? 128 : 0), output: texts.0, errors: texts.1)
    }

    private static func read(_ pipe: Pipe) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let data = pipe.fileHandleForReading.readDataToEndOfFile()
                continuation.resume(returning: String(decoding: data, as: UTF8.self))
            }
        }
    }

    private static func write(_ data: Data, to pipe: Pipe) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                // A program that does not read its input closes the pipe: no error of the test.
                signal(SIGPIPE, SIG_IGN)
                try? pipe.fileHandleForWriting.write(contentsOf: data)
                try? pipe.fileHandleForWriting.close()
                continuation.resume()
            }
        }
    }

    /// The end of a process, which may happen before it is awaited.
    private final class Ended: Sendable {
        private let state = Mutex((isSet: false, waiter: CheckedContinuation<Void, Never>?.none))

        func set() {
            state.withLock { state in
                state.isSet = true
                defer { state.waiter = nil }
                return state.waiter
            }?.resume()
        }

        func wait() async {
            await withCheckedContinuation { continuation in
                let isSet = state.withLock { state in
                    if !state.isSet { state.waiter = continuation }
                    return state.isSet
                }
                if isSet { continuation.resume() }
            }
        }
    }
}
