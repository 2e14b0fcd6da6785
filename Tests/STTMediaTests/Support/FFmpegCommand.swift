import Foundation

/// The `ffmpeg` program, which makes this suite's recordings.
enum FFmpegCommand {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func run(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = try executable("ffmpeg")
        process.arguments = ["-nostdin", "-v", "error", "-y"] + arguments
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "ffmpeg failed: \(String(decoding: text, as: UTF8.self))")
        }
    }

    /// The container and the codecs of a file, by the names of FFmpeg's demuxers and codecs.
    static func kinds(of url: URL) throws -> Set<String> {
        let process = Process()
        process.executableURL = try executable("ffprobe")
        process.arguments = [
            "-v", "error", "-show_entries", "format=format_name:stream=codec_name", "-of", "default=nw=1:nk=1",
            url.path,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Set(text.split(separator: "\n").map(String.init))
    }

    private static func executable(_ name: String) throws -> URL {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        for folder in folders {
            let url = URL(fileURLWithPath: "\(folder)/\(name)")
            if FileManager.default.isExecutableFile(atPath: url.path) { return url }
        }
        throw Failure(description: "These tests need the \(name) program in PATH (Debian: apt-get install ffmpeg).")
    }
}
