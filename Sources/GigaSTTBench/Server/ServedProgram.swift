import ArgumentParser
import Foundation
import LiveBenchmark

/// A running server: `gigastt serve` as a child of this process, or one that was started elsewhere.
final class ServedProgram: Sendable {
    let host: String
    let port: Int
    private let process: Process?
    private let exits: AsyncStream<Int32>

    /// A server that runs already.
    init(url: String) throws {
        guard let components = URLComponents(string: url), components.scheme == "http",
            let host = components.host, !host.isEmpty
        else { throw ValidationError("'\(url)' is no address such as http://127.0.0.1:9876") }
        self.host = host
        port = components.port ?? 80
        process = nil
        exits = AsyncStream { $0.finish() }
    }

    private init(_ process: Process, port: Int, exits: AsyncStream<Int32>) {
        host = "127.0.0.1"
        self.port = port
        self.process = process
        self.exits = exits
    }

    private struct Ready: Decodable { let port: Int }

    /// Starts the program beside this one and waits until its model is loaded.
    static func start() async throws -> ServedProgram {
        let folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        guard let program = folder?.appendingPathComponent("gigastt"),
            FileManager.default.isExecutableFile(atPath: program.path)
        else { throw ValidationError("gigastt is not beside this program; build it in the same mode, or give --url") }
        let (process, output) = (Process(), Pipe())
        process.executableURL = program
        process.arguments = ["serve", "--port", "0", "--ready-json", "--log-level", "error"]
        process.standardOutput = output
        let (exits, exit) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            exit.yield(process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus)
            exit.finish()
        }
        try process.run()
        guard let line = await firstLine(of: output.fileHandleForReading),
            let ready = try? JSONDecoder().decode(Ready.self, from: line)
        else {
            process.terminate()
            throw ValidationError("\(program.path) did not become ready; its own words are above")
        }
        return ServedProgram(process, port: ready.port, exits: exits)
    }

    private static func firstLine(of handle: FileHandle) async -> Data? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var line = Data()
                while let byte = try? handle.read(upToCount: 1), !byte.isEmpty, byte != Data([10]) { line += byte }
                continuation.resume(returning: line.isEmpty ? nil : line)
            }
        }
    }

    /// Whether its memory can be read and its end be asked for.
    var isOurs: Bool { process != nil }

    /// Resident memory in MB; `nil` when it is not ours.
    var residentMegabytes: Double? { process.map { ProcessMemory.residentMegabytes(of: $0.processIdentifier) } }

    /// Processor time in seconds so far; 0 when it is not ours.
    var processorSeconds: Double {
        process.map { ProcessMemory.processorSeconds(of: $0.processIdentifier) } ?? 0
    }

    /// Sends SIGTERM.
    func terminate() { process?.terminate() }

    /// Ends it and returns its exit code.
    func stop() async -> Int32 {
        if process?.isRunning == true { terminate() }
        return await exitCode()
    }

    /// Its exit code when it has ended, negative for a signal; 0 when it is not ours or was stopped before.
    func exitCode() async -> Int32 {
        for await code in exits { return code }
        return 0
    }
}
