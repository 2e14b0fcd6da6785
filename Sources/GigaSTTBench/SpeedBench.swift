import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark
import OnnxRuntime
import STTRecognition

/// `gigastt-bench speed`: the parts of recognition, one core.
struct SpeedBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speed", abstract: "Front end, model load, encoder and search, on one core.")

    @Option(help: "Model folder; default: the built-in model.")
    var modelDir: String?

    @Option(help: "A recording to decode, of at least 16 seconds.")
    var recording: String

    @Option(help: "Repetitions; the median is printed.")
    var repetitions = 5

    func run() async throws {
        let folder = modelDir.map { URL(fileURLWithPath: $0) } ?? ModelFolder.demo.url
        let samples = Array(try Talk.samples(of: URL(fileURLWithPath: recording)).prefix(16 * 16_000))
        guard samples.count == 16 * 16_000 else { throw ValidationError("the recording is shorter than 16 s") }
        var table = Table(["part", "median", "what it means"])
        table.add(frontEnd(samples))
        let loads = try (0..<repetitions).map { _ in
            try Self.seconds { _ = try SpeechModel(ModelFiles(in: folder)) }
        }
        table.add(["model load, warm", Self.milliseconds(loads.median), ""])
        for row in try decode(samples, SpeechModel(ModelFiles(in: folder))) { table.add(row) }
        print(table.rendered)
    }

    private func frontEnd(_ samples: [Float]) -> [String] {
        let times = (0..<repetitions).map { _ in
            Self.seconds {
                var frontEnd = LogMel()
                for start in stride(from: 0, to: samples.count - 1_600, by: 1_600) {
                    _ = frontEnd.append(Array(samples[start..<start + 1_600]))
                }
            }
        }
        let ratio = Double(samples.count) / 16_000 / times.median
        return ["mel front end, 16 s", Self.milliseconds(times.median), String(format: "%.0f × real time", ratio)]
    }

    private func decode(_ samples: [Float], _ model: SpeechModel) throws -> [[String]] {
        var frontEnd = LogMel()
        let window = FeatureWindow(values: frontEnd.append(samples).values)
        var encoder: [Double] = []
        var search: [Double] = []
        var tokens = 0
        for _ in 0...repetitions {
            var timing = DecodeTiming()
            let cancellation = try RunCancellation(in: model.environment)
            tokens = try model.decode(window, cancellation: cancellation, timing: &timing).tokens.count
            encoder.append(timing.encoder / .seconds(1))
            search.append(timing.search / .seconds(1))
        }
        let (encoderTime, searchTime) = (encoder.dropFirst().median, search.dropFirst().median)
        let share = 100 * searchTime / encoderTime
        return [
            ["encoder, 16 s", Self.milliseconds(encoderTime), String(format: "RTF %.4f", encoderTime / 16)],
            [
                "search with prediction network and joint, 16 s", Self.milliseconds(searchTime),
                String(format: "%.1f %% of the encoder, %d tokens", share, tokens),
            ],
        ]
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        try ContinuousClock().measure(body) / .seconds(1)
    }
    private static func milliseconds(_ seconds: Double) -> String { String(format: "%.1f ms", seconds * 1_000) }
}
