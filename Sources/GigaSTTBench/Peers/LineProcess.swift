import Foundation

/// A program that answers a line with a line.
final class LineProcess {
    /// What went wrong with the program.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// When it was started.
    let start = ContinuousClock.now
    private let process = Process()
    private let (input, output) = (Pipe(), Pipe())
    private var received = Data()

    init(_ executable: URL, _ arguments: [String], environment: [String: String] = [:]) throws {
        // Writing to a program that has ended is an error, not our end.
        signal(SIGPIPE, SIG_IGN)
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit { end() }

    func send(_ line: String) throws { try input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8)) }

    /// The next line; waits for it no longer than `limit`.
    func answer(within limit: Duration) throws -> Data {
        let deadline = ContinuousClock.now + limit
        while true {
            if let end = received.firstIndex(of: 0x0A) {
                defer { received = Data(received[(end + 1)...]) }
                return received[..<end]
            }
            let part = try read(until: deadline)
            if part.isEmpty { throw Failure(description: "ended without an answer") }
            received += part
        }
    }

    /// Ends the program by ending its input, and waits for it.
    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private func read(until deadline: ContinuousClock.Instant) throws -> Data {
        let handle = output.fileHandleForReading
        var entry = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = max(0, (deadline - .now) / .milliseconds(1))
        guard poll(&entry, 1, Int32(min(milliseconds, Double(Int32.max)))) > 0 else {
            process.terminate()
            throw Failure(description: "did not answer in time")
        }
        return handle.availableData
    }
}
