import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark
import OnnxRuntime
import STTRecognition

/// The time of the search with so many phrases, beside that of the encoder, on one core.
struct HotwordTime {
    private let model: SpeechModel
    private let window: FeatureWindow

    init(_ folder: URL, recording: String) throws {
        model = try SpeechModel(ModelFiles(in: folder))
        let samples = Array(try Talk.samples(of: URL(fileURLWithPath: recording)).prefix(16 * 16_000))
        guard samples.count == 16 * 16_000 else { throw ValidationError("the recording is shorter than 16 s") }
        var frontEnd = LogMel()
        window = FeatureWindow(values: frontEnd.append(samples).values)
    }

    func print() throws {
        var table = Table(["phrases", "preparing", "search, 16 s", "of encoder and search"])
        var whole = 0.0
        for count in [0, 1, 64, 1_000, 20_000] {
            let clock = ContinuousClock()
            var options = DecodeOptions()
            let preparing = clock.measure {
                options.bias = PhraseSpelling(model.vocabulary).bias(Hotwords(Self.phrases(count))).bias
            }
            let (encoder, search) = try time(options)
            if count == 0 { whole = encoder + search }
            let added = count == 0 ? "" : String(format: " (%+.1f %%)", 100 * (encoder + search - whole) / whole)
            let share = String(format: "%.1f %%", 100 * search / (encoder + search))
            table.add([
                "\(count)", String(format: "%.1f ms", preparing / .milliseconds(1)),
                String(format: "%.2f ms", search * 1_000), share + added,
            ])
        }
        Swift.print(table.rendered)
    }

    /// Medians of eleven turns, in seconds; the encoder's is that of all turns so far, which does not depend on phrases.
    private func time(_ options: DecodeOptions) throws -> (encoder: Double, search: Double) {
        var (encoder, search) = ([Double](), [Double]())
        for _ in 0..<12 {
            var timing = DecodeTiming()
            _ = try model.hypotheses(
                window, options: options, cancellation: RunCancellation(in: model.environment), timing: &timing)
            encoder.append(timing.encoder / .seconds(1))
            search.append(timing.search / .seconds(1))
        }
        return (encoder.dropFirst().median, search.dropFirst().median)
    }

    /// Words of two to five syllables, so that the text has many beginnings of phrases.
    private static func phrases(_ count: Int) -> [String] {
        let syllables = [
            "ва", "ди", "ко", "ли", "мо", "на", "по", "ра", "со", "ти", "че", "шу", "ев", "ин", "ост", "пре", "ста",
            "кро",
        ]
        var state: UInt64 = 1
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        return (0..<count).map { _ in
            (0..<2 + next(4)).map { _ in syllables[next(syllables.count)] }.joined()
        }
    }
}
