import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// `gigastt-bench segmentation FOLDER`: whether utterances hold all speech of recordings with phone labels.
struct SegmentationBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segmentation",
        abstract: "Phones outside the utterances, and utterances that end inside a phone, of labelled recordings.",
        discussion: """
            FOLDER holds recordings (.wav) and, of the same names, phone labels (.lab, the form of Festival: end, colour, \
            phone), in whatever folders below it. Voice activity is that of the level; no model runs.
            """)

    @Argument(help: "A folder with .wav and .lab files.")
    var folder: String

    @Option(help: "Silence that ends an utterance, in milliseconds.")
    var silence = 500

    @Option(name: .customLong("pause"), help: "A label that is no phone; may be repeated.")
    var pauses = ["pau", "sil", "sp", "#"]

    /// A gain, and the level of a noise under the speech before it.
    struct Condition {
        let name: String
        var gain: Float = 1
        var noise: (kind: NoiseKind, share: Float)?

        static let all = [
            Condition(name: "gain 1"), Condition(name: "gain 0.1", gain: 0.1), Condition(name: "gain 0.02", gain: 0.02),
            Condition(name: "white noise, 20 dB", noise: (.white, 0.1)),
            Condition(name: "pink noise, 20 dB", noise: (.pink, 0.1)),
            Condition(name: "hum, 20 dB", noise: (.hum, 0.1)),
            Condition(name: "babble, 20 dB", noise: (.babble, 0.1)),
            Condition(name: "pink noise, 10 dB", noise: (.pink, 0.316)),
        ]

        /// The samples as a recorder of 16 bits stores them under this condition.
        func recorded(_ samples: [Float], seed: UInt64) -> [Float] {
            var samples = samples
            if let noise {
                var random = SeededNumbers(seed)
                let level = samples.level * noise.share
                // Babble is made of the speaker's own voice.
                let noise = noise.kind.samples(samples.count, voices: [samples], using: &random)
                for (index, value) in noise.enumerated() { samples[index] += value * level }
            }
            return samples.map { min(max(($0 * gain * 32_768).rounded(), -32_768), 32_767) / 32_768 }
        }
    }

    func run() throws {
        let recordings = try LabelledRecordings(in: URL(fileURLWithPath: folder), pauses: Set(pauses))
        guard !recordings.items.isEmpty else { throw ValidationError("No .wav file has a .lab file of its name.") }
        var table = Table([
            "condition", "recordings", "utterances", "phones s", "outside s", "ends", "ends inside a phone",
        ])
        for condition in Condition.all {
            var trial = SegmentationTrial()
            for (index, item) in recordings.items.enumerated() {
                let samples = try Talk.samples(of: item.recording)
                trial.add(
                    condition.recorded(samples, seed: UInt64(index)), item.labels, silence: .milliseconds(silence))
            }
            table.add([
                condition.name, "\(trial.recordingCount)", "\(trial.utteranceCount)",
                String(format: "%.0f", trial.phoneSeconds), String(format: "%.2f", trial.outsideSeconds),
                "\(trial.boundaryCount)", "\(trial.insideCount)",
            ])
        }
        print(table.rendered)
    }
}

/// The recordings below a folder that have labels.
struct LabelledRecordings {
    let items: [(recording: URL, labels: PhoneLabels)]

    /// Throws `ValidationError` for labels that cannot be read.
    init(in folder: URL, pauses: Set<String>) throws {
        var files: [String: [String: URL]] = [:]  // by extension and name
        let contents = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        for case let url as URL in contents ?? .init() {
            files[url.pathExtension, default: [:]][url.deletingPathExtension().lastPathComponent] = url
        }
        let recordings = files["wav", default: [:]].sorted { $0.key < $1.key }
        items = try recordings.compactMap { name, recording in
            guard let file = files["lab"]?[name] else { return nil }
            guard let labels = PhoneLabels(try String(contentsOf: file, encoding: .utf8), pauses: pauses) else {
                throw ValidationError("\(file.path) has lines that are no labels: end, colour, phone.")
            }
            return (recording, labels)
        }
    }
}
