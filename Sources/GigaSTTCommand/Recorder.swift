import Foundation

/// A program that records the microphone and writes raw samples to a pipe.
///
/// Sound servers differ by machine, and each has such a program; the first installed one is used.
final class Recorder: Sendable {
    private let process = Process()
    /// Where the samples come out.
    let output: FileHandle

    init(sampleRate: Int) throws {
        guard let (program, arguments) = Self.commands(sampleRate: sampleRate).lazy.compactMap(Self.installed).first
        else {
            throw ExitFailure(
                message: "No program records the microphone here. Install alsa-utils (arecord), "
                    + "pulseaudio-utils (parec) or ffmpeg, or pipe raw samples to standard input.")
        }
        let pipe = Pipe()
        output = pipe.fileHandleForReading
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    /// Ends the recording.
    func stop() {
        if process.isRunning { process.terminate() }
    }

    private static func commands(sampleRate: Int) -> [[String]] {
        let rate = String(sampleRate)
        #if os(macOS)
            let device = ["-f", "avfoundation", "-i", ":0"]
        #else
            let device = ["-f", "alsa", "-i", "default"]
        #endif
        return [
            ["parec", "--raw", "--format=s16le", "--channels=1", "--rate=\(rate)", "--latency-msec=50"],
            ["arecord", "-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", rate],
            ["ffmpeg", "-loglevel", "error"] + device + ["-ac", "1", "-ar", rate, "-f", "s16le", "-"],
        ]
    }

    private static func installed(_ command: [String]) -> (URL, [String])? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        for folder in folders {
            let url = URL(fileURLWithPath: String(folder)).appendingPathComponent(command[0])
            if FileManager.default.isExecutableFile(atPath: url.path) { return (url, Array(command.dropFirst())) }
        }
        return nil
    }
}
