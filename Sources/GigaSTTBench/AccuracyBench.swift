import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// `gigastt-bench accuracy MANIFEST…`: word and character error rates of recordings with known texts.
struct AccuracyBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accuracy",
        abstract: "Error rates over recordings listed in a manifest: [{\"file\": …, \"text\": …}], or that as `items`.")

    @Argument(help: "Manifests; file names are relative to the manifest.")
    var manifests: [String]

    @Option(help: "Model folder; default: the built-in model.")
    var modelDir: String?

    @Option(help: "Silero VAD model to find speech with.")
    var vadModel: String?

    @Flag(help: "Look for words where noise hides the silence.")
    var noisy = false

    @Option(help: "Silence that ends an utterance, in milliseconds.")
    var silence = 500

    @Option(help: "Print the recordings with the most errors, this many.")
    var worst = 0

    private struct Item: Decodable {
        let file: String
        let text: String
        let durationS: Double?
    }

    private struct Manifest: Decodable {
        let items: [Item]
    }

    func run() async throws {
        var configuration = RecognizerConfiguration()
        configuration.voiceActivityModel = vadModel.map { URL(fileURLWithPath: $0) }
        let folder = modelDir.map { ModelFolder(at: URL(fileURLWithPath: $0)) } ?? .demo
        let recognizer = try await Recognizer(folder, configuration: configuration)
        var table = Table(["set", "recordings", "words", "errors", "WER %", "CER %", "audio s", "× real time"])
        for manifest in manifests { table.add(try await measure(manifest, with: recognizer)) }
        print(table.rendered)
    }

    private func measure(_ manifest: String, with recognizer: Recognizer) async throws -> [String] {
        let url = URL(fileURLWithPath: manifest)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = try Data(contentsOf: url)
        let items =
            try (try? decoder.decode(Manifest.self, from: data).items) ?? decoder.decode([Item].self, from: data)
        var words = ErrorCount()
        var letters = ErrorCount()
        var seconds = 0.0
        var results: [(errors: Int, text: String)] = []
        var options = TranscriptionOptions()
        options.text.numbers = false
        if noisy { options.endpointing = .noisy }
        options.endpointing.silence = .milliseconds(silence)
        let start = ContinuousClock.now
        for item in items {
            let transcript = try await recognizer.transcribe(
                url.deletingLastPathComponent().appendingPathComponent(item.file), options: options)
            seconds += transcript.duration
            let errors = words.add(
                reference: item.text.split(separator: " "), hypothesis: transcript.words.map { $0.text[...] })
            letters.add(reference: Array(item.text), hypothesis: Array(transcript.text))
            results.append((errors, "\(item.file)\n  - \(item.text)\n  + \(transcript.text)"))
        }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        for result in results.sorted(by: { $0.errors > $1.errors }).prefix(worst) {
            print("\(result.errors) errors in \(result.text)")
        }
        return [
            url.deletingLastPathComponent().lastPathComponent, "\(items.count)", "\(words.total)", "\(words.errors)",
            words.percent, letters.percent, String(format: "%.0f", seconds), String(format: "%.0f", seconds / elapsed),
        ]
    }
}
