import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark
import STTRecognition
import STTText

/// `gigastt-bench text`: what the text passes cost, on one core.
struct TextBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "text", abstract: "Speed of the text passes, and their share of the time of recognition.")

    @Argument(help: "Recordings; their words are what the passes write.")
    var recordings: [String]

    @Option(help: "Model folder; default: the built-in model.")
    var modelDir: String?

    @Option(help: "Folder of a punctuation model.")
    var punctModelDir: String?

    @Option(help: "Megabytes of text for each pass.")
    var megabytes = 10

    func run() async throws {
        guard megabytes > 0 else { throw ValidationError("--megabytes must be at least 1") }
        var configuration = RecognizerConfiguration()
        configuration.workerCount = 1
        let folder = modelDir.map { ModelFolder(at: URL(fileURLWithPath: $0)) } ?? .demo
        let recognizer = try await Recognizer(folder, configuration: configuration)
        var options = TranscriptionOptions()
        options.text.numbers = false
        var segments: [Segment] = []
        let start = ContinuousClock.now
        for recording in recordings {
            segments += try await recognizer.transcribe(URL(fileURLWithPath: recording), options: options).segments
        }
        let recognition = (ContinuousClock.now - start) / .seconds(1)
        segments.removeAll { $0.words.isEmpty }
        guard !segments.isEmpty else { throw ValidationError("the recordings have no words") }
        var passes: [(String, any TextPass, bytes: Int)] = [
            ("numbers, full", NumberPass(rules: .full(NumberPolicy())), megabytes << 20),
            ("numbers, compat", NumberPass(rules: .compatible), megabytes << 20),
        ]
        if let punctModelDir {
            let model = try PunctuationModel(in: URL(fileURLWithPath: punctModelDir))
            passes.append(("punctuation", PunctuationPass(model), 0))
        }
        var table = Table(["pass", "MB/s", "share of recognition"])
        for (name, pass, bytes) in passes {
            let finisher = SegmentFinisher([pass])
            var (done, rounds) = (0, 0)
            let start = ContinuousClock.now
            repeat {
                for segment in segments {
                    _ = try finisher.finish(segment)
                    done += segment.text.utf8.count
                }
                rounds += 1
            } while done < bytes
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            table.add([
                name, String(format: "%.2f", Double(done) / 1e6 / seconds),
                String(format: "%.3f %%", 100 * seconds / Double(rounds) / recognition),
            ])
        }
        table.add(Self.bare(megabytes, segments))
        print(table.rendered)
    }

    /// The number rules alone on one long text, as `gigastt normalize` reads it.
    private static func bare(_ megabytes: Int, _ segments: [Segment]) -> [String] {
        let once = segments.flatMap { $0.words.map(\.text) }
        let length = once.reduce(0) { $0 + $1.utf8.count + 1 }
        let words = Array(repeating: once, count: max(1, (megabytes << 20) / length)).flatMap(\.self)
        var bytes: [UInt8] = []
        var ranges: [Range<Int>] = []
        for word in words {
            ranges.append(bytes.count..<bytes.count + word.utf8.count)
            bytes += word.utf8
            bytes.append(0x20)
        }
        let start = ContinuousClock.now
        _ = NumberNormalizer().normalize(bytes, words: ranges)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return ["number rules alone, one text", String(format: "%.2f", Double(bytes.count) / 1e6 / seconds), ""]
    }
}
