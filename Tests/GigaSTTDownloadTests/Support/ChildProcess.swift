import Foundation
import Testing

/// A program that was started: its output line by line, and how it ended.
final class ChildProcess {
    private let process = Process()
    private var output = FileHandle.nullDevice
    private let errors: URL
    private var rest = Data()

    /// Starts one of the package's programs, which lie beside the tests. `fileLimit` bounds the size of its files, in
    /// KiB; `isJoined` puts standard error into the output; `answer` gives it a terminal of its own, where the text is typed
    /// when the prompt is shown, and its output is what the terminal shows.
    init(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], fileLimit: Int? = nil,
        isJoined: Bool = false, answer: (prompt: String, text: String)? = nil
    ) throws {
        let program = try Self.folder().appendingPathComponent(name).path
        errors = FileManager.default.temporaryDirectory.appendingPathComponent("gigastt-errors-\(UUID().uuidString)")
        if let fileLimit {
            // A program that ignores the signal gets an error from the system instead, as from a full disk.
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = ["-c", "trap '' XFSZ; ulimit -f \(fileLimit); exec \"$0\" \"$@\"", program] + arguments
        } else if let answer {
            let script = try #require(
                Bundle.module.url(forResource: "terminal", withExtension: "py", subdirectory: "Resources"))
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", script.path, answer.prompt, answer.text, program] + arguments
        } else {
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = arguments
        }
        let kept = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "LD_LIBRARY_PATH"].contains($0.key) }
        process.environment = kept.merging(environment) { _, new in new }
        try Data().write(to: errors)
        try PrivatePipe.start { _, output in
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output
            process.standardError = isJoined ? output : try FileHandle(forWritingTo: errors)
            try process.run()
            // Ours must go, or the pipe would never end.
            try output.fileHandleForWriting.close()
            self.output = output.fileHandleForReading
        }
    }

    deinit { try? FileManager.default.removeItem(at: errors) }

    var identifier: Int32 { process.processIdentifier }

    /// The next line of its output; `nil` at the end.
    func line() -> String? {
        while true {
            if let end = rest.firstIndex(of: 10) {
                defer { rest = Data(rest[(end + 1)...]) }
                return String(decoding: rest[..<end], as: UTF8.self)
            }
            let block = output.availableData
            if block.isEmpty { return nil }
            rest += block
        }
    }

    /// Reads up to and with `text`; `false` when it does not come.
    func reaches(_ text: String) -> Bool {
        while true {
            if let found = rest.range(of: Data(text.utf8)) {
                rest = Data(rest[found.upperBound...])
                return true
            }
            let block = output.availableData
            if block.isEmpty { return false }
            rest += block
        }
    }

    /// All lines that are still to come.
    func lines() -> [String] {
        var lines: [String] = []
        while let line = line() { lines.append(line) }
        return lines
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Its exit code, or the number of the signal that ended it.
    func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    var standardError: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    private static func folder() throws -> URL {
        #if os(macOS)
            return Bundle.module.bundleURL.deletingLastPathComponent()
        #else
            return try #require(Bundle.main.executableURL).deletingLastPathComponent()
        #endif
    }
}
