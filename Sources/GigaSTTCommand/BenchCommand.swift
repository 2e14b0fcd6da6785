import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// `gigastt bench`: the speed and the number of live streams on this machine with this model.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure how many live streams this machine carries.",
        discussion: """
            Live streams are added in real time until finals arrive more than a second after the end of an utterance. \
            Takes a few minutes on an otherwise idle machine.
            """)

    @Option(help: "Recording to play; default: noise with the envelope of speech, at the same cost.")
    var recording: String?

    @Option(help: "Seconds of speech per trial.")
    var seconds = 15

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup var general: GeneralOptions
    @ParentCommand var program: Gigastt

    func run() async throws {
        general.apply(program.general)
        guard seconds >= 5 else { throw ValidationError("--seconds must be at least 5") }
        let clips =
            try Setting.url(recording, variable: nil).map { [try Talk.samples(of: $0)] } ?? SyntheticSpeech.clips()
        let loader = try await model.loader(offline: general.isOffline(program.general))
        try await Interruption.cancelling { [seconds] in
            let recognizer = try await loader.load()
            let speed = try await Self.speed(of: recognizer, clips)
            let load = LiveLoad(recognizer: recognizer, clips: clips, seconds: seconds)
            let streamCount = try await CapacitySearch().largest { count in
                let sessions = try await load.sessions(count)
                let delay = sessions.flatMap(\.finalDelays).percentile(0.95)
                Console.note(String(format: "%d streams: finals after %.2f s (p95)", count, delay))
                return delay < 1 && sessions.count == count
            }
            print(String(format: "Recordings: %.0f times real time.", speed))
            print("Live streams: \(streamCount), with finals within a second (p95).")
        }
    }

    private static func speed(of recognizer: Recognizer, _ clips: [[Float]]) async throws -> Double {
        var samples: [Float] = []
        while samples.count < 60 * 16_000 { samples += clips.flatMap { $0 + [Float](repeating: 0, count: 16_000) } }
        let start = ContinuousClock.now
        _ = try await recognizer.transcribe(samples: samples)
        return Double(samples.count) / 16_000 / ((ContinuousClock.now - start) / .seconds(1))
    }
}
