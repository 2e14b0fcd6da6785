import ArgumentParser
import Foundation
import GigaSTT
import LiveBenchmark

/// `gigastt-bench word-times MANIFEST`: how far the times of words are from those that a synthesiser reports.
struct WordTimesBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "word-times",
        abstract:
            "Errors of word starts and ends against a manifest with times, as Tests/Reference/word_times.py writes.")

    @Argument(help: "{\"items\": [{\"file\": …, \"words\": [{\"text\": …, \"start\": …, \"end\": …}]}]}")
    var manifest: String

    @Option(help: "Model folder; default: the demonstration model.")
    var modelDir: String?

    private struct Manifest: Decodable {
        let items: [Item]
    }

    private struct Item: Decodable {
        let file: String
        let words: [Spoken]
    }

    private struct Spoken: Decodable {
        let text: String
        let start: Double
        let end: Double
    }

    func run() async throws {
        let folder = modelDir.map { ModelFolder(at: URL(fileURLWithPath: $0)) } ?? .demo
        let recognizer = try await Recognizer(folder)
        let url = URL(fileURLWithPath: manifest)
        let items = try JSONDecoder().decode(Manifest.self, from: Data(contentsOf: url)).items
        var table = Table(["times", "words", "matched", "median ms", "|median| ms", "|p95| ms", "|max| ms"])
        for ends in WordEnds.allCases {
            var options = TranscriptionOptions()
            options.wordEnds = ends
            var (starts, stops, total) = ([Double](), [Double](), 0)
            for item in items {
                let file = url.deletingLastPathComponent().appendingPathComponent(item.file)
                let words = try await recognizer.transcribe(file, options: options).words
                total += item.words.count
                for (spoken, word) in Self.matches(item.words, words) {
                    starts.append(word.start - spoken.start)
                    stops.append(word.end - spoken.end)
                }
            }
            if ends == WordEnds.allCases.first { table.add(Self.row("start", total, starts)) }
            table.add(Self.row("end, \(ends)", total, stops))
        }
        print(table.rendered)
    }

    /// Words of the same text, in the order of both.
    private static func matches(_ spoken: [Spoken], _ words: [Word]) -> [(Spoken, Word)] {
        var lengths = Array(repeating: Array(repeating: 0, count: words.count + 1), count: spoken.count + 1)
        for i in spoken.indices.reversed() {
            for j in words.indices.reversed() {
                lengths[i][j] =
                    spoken[i].text == words[j].text
                    ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
            }
        }
        var (i, j) = (0, 0)
        var pairs: [(Spoken, Word)] = []
        while i < spoken.count, j < words.count {
            if spoken[i].text == words[j].text {
                pairs.append((spoken[i], words[j]))
                (i, j) = (i + 1, j + 1)
            } else if lengths[i + 1][j] >= lengths[i][j + 1] {
                i += 1
            } else {
                j += 1
            }
        }
        return pairs
    }

    private static func row(_ name: String, _ total: Int, _ errors: [Double]) -> [String] {
        let sizes = errors.map(abs)
        func milliseconds(_ seconds: Double) -> String { String(format: "%.0f", seconds * 1_000) }
        return [
            name, "\(total)", "\(errors.count)", milliseconds(errors.median), milliseconds(sizes.median),
            milliseconds(sizes.percentile(0.95)), milliseconds(sizes.max() ?? 0),
        ]
    }
}
