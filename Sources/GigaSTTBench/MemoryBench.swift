import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// `gigastt-bench memory`: what an hour of audio costs over a minute of it.
struct MemoryBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory", abstract: "Peak memory for one minute and for one hour of speech.")

    @Option(help: "A WAV recording (16 kHz, mono, 16 bits), repeated to fill the time.")
    var recording: String

    func run() async throws {
        let speech = try Data(contentsOf: URL(fileURLWithPath: recording)).dropFirst(WaveFile.headerSize)
        var table = Table(["audio", "peak RSS, MB", "time, s"])
        var peaks: [Double] = []
        for minutes in [1, 60] {
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).wav")
            defer { try? FileManager.default.removeItem(at: file) }
            try WaveFile.write(to: file, seconds: minutes * 60, repeating: speech)
            // In a process of its own: the peak of a process only grows.
            let values = try Self.runAlone(["one-file", file.path])
            peaks.append(values[0])
            table.add(["\(minutes) min", String(format: "%.1f", values[0]), String(format: "%.1f", values[1])])
        }
        table.add(["ratio", String(format: "%.2f", peaks[1] / peaks[0]), ""])
        print(table.rendered)
    }

    private static func runAlone(_ arguments: [String]) throws -> [Double] {
        let process = Process()
        process.executableURL = Bundle.main.executableURL
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let values = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard values.count == 2 else { throw ValidationError("the measurement failed: \(output)") }
        return values
    }
}

/// Transcribes one file and prints the peak memory of the process and the time.
struct OneFile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "one-file", shouldDisplay: false)

    @Argument var file: String

    func run() async throws {
        let start = ContinuousClock.now
        _ = try await Recognizer().transcribe(URL(fileURLWithPath: file))
        print(ProcessMemory.peakMegabytes, (ContinuousClock.now - start) / .seconds(1))
    }
}
