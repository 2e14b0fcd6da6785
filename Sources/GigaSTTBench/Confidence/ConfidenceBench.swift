import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark
import STTRecognition

/// `gigastt-bench confidence`: whether words are right as often as their confidence says, before and after a calibration.
struct ConfidenceBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confidence",
        abstract: "Reliability of word confidences, and a calibration of them.",
        discussion: """
            Without manifests, sentences are spoken by espeak-ng. Every second sentence or recording is for fitting, the \
            others for testing. --output writes the calibration; the file is used from the folder of the model.
            """)

    @Argument(help: "Recordings with their texts: manifests as for `accuracy`.")
    var manifests: [String] = []

    @Option(parsing: .upToNextOption, help: "Further manifests, only for testing.")
    var test: [String] = []

    @Option(help: "Clips of each sentence.")
    var clips = 4

    @Option(help: "Model folder; default: the built-in model.")
    var modelDir: String?

    @Option(help: "File for the calibration, confidence.json; those of other heads in it stay.")
    var output: String?

    func validate() throws {
        if clips < 1 { throw ValidationError("--clips must be at least 1") }
    }

    func run() async throws {
        let folder = modelDir.map { ModelFolder(at: URL(fileURLWithPath: $0)) } ?? .demo
        let recognizer = try await Recognizer(folder)
        var (fitting, testing) = ([JudgedWord](), [JudgedWord]())
        if manifests.isEmpty {
            let speech = try SpokenSentences(clipsPerSentence: clips)
            for clip in speech.fitting { fitting += try await Self.judge(clip.samples, clip.words, recognizer) }
            for clip in speech.testing { testing += try await Self.judge(clip.samples, clip.words, recognizer) }
        }
        for (index, item) in try manifests.flatMap({ try Self.items($0) }).enumerated() {
            let words = try await Self.judge(Talk.samples(of: item.url), item.words, recognizer)
            if index.isMultiple(of: 2) { fitting += words } else { testing += words }
        }
        guard !fitting.isEmpty else { throw ValidationError("no words were recognised") }
        let calibration = CalibrationFit.fit(fitting)
        print("slope \(calibration.slope), offset \(calibration.offset), fitted to \(fitting.count) words\n")
        Self.report("held-out words", testing, calibration)
        for manifest in test {
            var words: [JudgedWord] = []
            for item in try Self.items(manifest) {
                words += try await Self.judge(Talk.samples(of: item.url), item.words, recognizer)
            }
            Self.report(manifest, words, calibration)
        }
        if let output { try Self.write(calibration, for: recognizer.head, to: URL(fileURLWithPath: output)) }
    }

    private static func report(_ name: String, _ words: [JudgedWord], _ calibration: ConfidenceCalibration) {
        let calibrated = words.map {
            JudgedWord(confidence: Double(calibration(Float($0.confidence))), isRight: $0.isRight)
        }
        print("\(name): \(words.count) words, \(words.count { $0.isRight }) right")
        for (kind, words) in [("raw", words), ("calibrated", calibrated)] {
            let diagram = ReliabilityDiagram(words)
            var table = Table(["\(kind)", "words", "mean confidence %", "right %"])
            for (index, bin) in diagram.bins.enumerated() where bin.count > 0 {
                table.add([
                    "\(Double(index) / 10)–\(Double(index + 1) / 10)", "\(bin.count)",
                    percent(bin.confidence / Double(bin.count)), percent(Double(bin.right) / Double(bin.count)),
                ])
            }
            print(table.rendered)
            print("expected calibration error, \(kind): \(percent(diagram.expectedError)) %\n")
        }
    }

    private static func percent(_ share: Double) -> String { String(format: "%.1f", 100 * share) }

    /// The words of a recording, each judged by the shortest edit between what was said and what was recognised.
    private static func judge(
        _ samples: [Float], _ spoken: [String], _ recognizer: Recognizer
    ) async throws -> [JudgedWord] {
        let words = try await recognizer.transcribe(samples: samples).words
        let right = WordMatches.rightWords(of: words.map { SpokenNames.written($0.text) }, spoken: spoken)
        return words.indices.map {
            JudgedWord(confidence: Double(words[$0].confidence), isRight: right.contains($0))
        }
    }

    private struct Item: Decodable {
        let file: String
        let text: String
    }

    private struct Manifest: Decodable {
        let items: [Item]
    }

    private static func items(_ manifest: String) throws -> [(url: URL, words: [String])] {
        let url = URL(fileURLWithPath: manifest)
        let data = try Data(contentsOf: url)
        let decoder = JSONDecoder()
        let items =
            try (try? decoder.decode(Manifest.self, from: data).items) ?? decoder.decode([Item].self, from: data)
        return items.map { item in
            // A text may be punctuated; numbers must be in words, as the model writes them.
            let words = SpokenNames.written(item.text).split { !$0.isLetter && !$0.isNumber }.map(String.init)
            return (url.deletingLastPathComponent().appendingPathComponent(item.file), words)
        }
    }

    private static func write(
        _ calibration: ConfidenceCalibration, for head: RecognitionHead, to url: URL
    ) throws {
        var all: [String: ConfidenceCalibration] = [:]
        if FileManager.default.fileExists(atPath: url.path) {
            all = try JSONDecoder().decode([String: ConfidenceCalibration].self, from: Data(contentsOf: url))
        }
        all[head.rawValue] = calibration
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try (encoder.encode(all) + Data("\n".utf8)).write(to: url, options: .atomic)
    }
}

/// Which words of a text are in another one, by the shortest edit.
enum WordMatches {
    /// The indices of the words of `heard` that were spoken.
    static func rightWords(of heard: [String], spoken: [String]) -> Set<Int> {
        // Errors between what is left of both.
        var errors = Array(repeating: Array(repeating: 0, count: spoken.count + 1), count: heard.count + 1)
        for i in (0...heard.count).reversed() {
            for j in (0...spoken.count).reversed() where i < heard.count || j < spoken.count {
                if i == heard.count {
                    errors[i][j] = spoken.count - j
                } else if j == spoken.count {
                    errors[i][j] = heard.count - i
                } else {
                    errors[i][j] = min(
                        errors[i + 1][j + 1] + (heard[i] == spoken[j] ? 0 : 1), errors[i + 1][j] + 1,
                        errors[i][j + 1] + 1)
                }
            }
        }
        var right: Set<Int> = []
        var (i, j) = (0, 0)
        while i < heard.count, j < spoken.count {
            if heard[i] == spoken[j], errors[i][j] == errors[i + 1][j + 1] {
                right.insert(i)
                (i, j) = (i + 1, j + 1)
            } else if errors[i][j] == errors[i + 1][j + 1] + 1 {
                (i, j) = (i + 1, j + 1)
            } else if errors[i][j] == errors[i + 1][j] + 1 {
                i += 1
            } else {
                j += 1
            }
        }
        return right
    }
}
