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
            let values = try OwnProcess.numbers(["one-file", file.path], 2)
            peaks.append(values[0])
            table.add(["\(minutes) min", String(format: "%.1f", values[0]), String(format: "%.1f", values[1])])
        }
        table.add(["ratio", String(format: "%.2f", peaks[1] / peaks[0]), ""])
        print(table.rendered)
    }
}

/// Transcribes one file and prints the peak memory of the process and the time.
struct OneFile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "one-file", shouldDisplay: false)

    @Argument var file: String

    func run() async throws {
        let start = ContinuousClock.now
        _ = try await Recognizer(.demo).transcribe(URL(fileURLWithPath: file))
        print(ProcessMemory.peakMegabytes, (ContinuousClock.now - start) / .seconds(1))
    }
}
