import Foundation

/// The `ffmpeg` program, which makes recordings that are not bundled.
public enum FFmpeg {
    /// Why a recording was not made.
    public struct Failure: Error, CustomStringConvertible {
        /// What `ffmpeg` said.
        public let description: String
    }

    /// Runs it to its end.
    public static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["ffmpeg", "-nostdin", "-v", "error", "-y"] + arguments
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw Failure(description: String(decoding: text, as: UTF8.self)) }
    }
}
