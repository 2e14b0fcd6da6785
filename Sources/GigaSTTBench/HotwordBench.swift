import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark
import OnnxRuntime
import STTRecognition

/// `gigastt-bench hotwords`: what preferred phrases gain, what they spoil, and what they cost.
struct HotwordBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hotwords",
        abstract:
            "Rare names spoken by espeak-ng: recall, precision, texts changed where none is spoken, time.")

    @Option(parsing: .upToNextOption, help: "Recordings in which no name is spoken: manifests as for `accuracy`.")
    var corpus: [String] = []

    @Option(parsing: .upToNextOption, help: "Boosts to try.")
    var boosts: [Float] = [0, Hotwords.defaultBoost]

    @Option(help: "Clips of each name.")
    var clips = 4

    @Option(help: "Model folder; default: the built-in model.")
    var modelDir: String?

    @Option(help: "A recording of at least 16 seconds for the time; without it no time is taken.")
    var recording: String?

    @Option(help: "Print the clips without their name, this many.")
    var missed = 0

    func run() async throws {
        let folder = modelDir.map { ModelFolder(at: URL(fileURLWithPath: $0)) } ?? .demo
        if let recording { try HotwordTime(folder.url, recording: recording).print() }
        guard clips > 0 else { return }
        let recognizer = try await Recognizer(folder)
        let speech = try SpokenNames(clipsPerName: clips)
        defer { speech.remove() }
        let others = try corpus.flatMap { try RecordingManifest.files($0) }
        var plain: [String] = []
        for url in others { plain.append(try await recognizer.transcribe(url).text) }
        var table = Table(["boost", "recall %", "precision %", "F %", "WER %", "other texts", "changed"])
        for boost in boosts {
            var options = TranscriptionOptions()
            options.hotwords = Hotwords(SpokenNames.names, boost: boost)
            var score = NameScore(SpokenNames.names)
            for clip in speech.clips {
                let text = try await recognizer.transcribe(clip.url, options: options).text
                if !score.add(clip, text), boost == boosts.last, score.missedCount <= missed {
                    print("  - \(clip.text)\n  + \(text)")
                }
            }
            var changed = 0
            for (url, text) in zip(others, plain) {
                let found = try await recognizer.transcribe(url, options: options).text
                if found != text {
                    changed += 1
                    if missed > 0 { print("changed\n  - \(text)\n  + \(found)") }
                }
            }
            table.add(["\(boost)"] + score.columns + ["\(others.count)", "\(changed)"])
        }
        print("\(SpokenNames.names.count) names, \(speech.clips.count) clips")
        print(table.rendered)
    }
}

/// How often names that are spoken are written, and names that are written were spoken.
struct NameScore {
    private let names: [String]
    private var (spoken, right, wrong) = (0, 0, 0)
    private var words = ErrorCount()
    var missedCount: Int { spoken - right }

    init(_ names: [String]) { self.names = names.map(SpokenNames.written) }

    /// Counts a clip; returns whether its name is in the text.
    mutating func add(_ clip: SpokenNames.Clip, _ text: String) -> Bool {
        let found = names.flatMap { name in
            Array(repeating: name, count: " \(text) ".components(separatedBy: " \(name) ").count - 1)
        }
        let isRight = found.contains(clip.name)
        spoken += 1
        right += isRight ? 1 : 0
        wrong += found.count { $0 != clip.name }
        words.add(reference: clip.text.split(separator: " "), hypothesis: text.split(separator: " "))
        return isRight
    }

    /// Recall, precision, F and word error rate.
    var columns: [String] {
        let recall = Double(right) / Double(max(1, spoken))
        let precision = right + wrong == 0 ? 1 : Double(right) / Double(right + wrong)
        let f = recall + precision > 0 ? 2 * recall * precision / (recall + precision) : 0
        return [recall, precision, f].map { String(format: "%.1f", 100 * $0) } + [words.percent]
    }
}
