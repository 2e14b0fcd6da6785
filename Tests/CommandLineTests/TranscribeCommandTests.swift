import Foundation
import TestSupport
import Testing

/// Where the words go, and how they are written.
@Suite struct TranscribeCommandTests {
    private let item: Recordings.Item

    init() throws { item = try Recordings.named("08") }

    @Test func theTextGoesToStandardOutputAndTheRestToStandardError() async throws {
        let result = try await Program().run(["transcribe", item.url.path])
        #expect(result.code == 0)
        #expect(result.output == item.written + "\n")
        #expect(result.errors.contains("built-in") && result.errors.contains("gigastt download"))
        // No bar, and nothing that moves a cursor, where no terminal is.
        #expect(!result.errors.contains("\r") && !result.errors.contains("\u{1B}"))
    }

    @Test(arguments: ["txt", "text", "json", "srt", "vtt", "md", "markdown", "JSON"])
    func aFileHoldsExactlyWhatStandardOutputHasBeforeOneNewline(format: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write(Data("old".utf8), as: "out")
        let output = try await Program().run(["transcribe", item.url.path, "--format", format])
        let file = try await Program().run(["transcribe", item.url.path, "-f", format, "-o", folder.path("out")])
        #expect(output.code == 0 && file.code == 0)
        #expect(file.output.isEmpty)
        let text = try String(contentsOfFile: folder.path("out"), encoding: .utf8)
        #expect(output.output == text + "\n")
        #expect(file.errors.contains("export to \(folder.path("out"))"))
        #expect(try folder.names() == ["out"])
    }

    @Test func allFormatsHaveTheSameWords() async throws {
        let json = try await Program().run(["transcribe", item.url.path, "-f", "json"]).output
        let document = try JSONDecoder().decode(Document.self, from: Data(json.utf8))
        #expect(document.text == item.written)
        #expect(document.words.map(\.word).joined(separator: " ") == item.text)
        #expect(document.duration == Double(try Recordings.samples(item).count) / 16_000)
        for format in ["srt", "vtt", "md"] {
            let text = try await Program().run(["transcribe", item.url.path, "-f", format]).output
            let lines = text.split(separator: "\n").filter { $0.contains { "а"..."я" ~= $0 } }
            #expect(lines.joined(separator: " ") == item.written)
        }
        let srt = try await Program().run(["transcribe", item.url.path, "-f", "srt"]).output
        #expect(srt.hasPrefix("1\n00:00:0") && srt.hasSuffix("\n\n"))
        let vtt = try await Program().run(["transcribe", item.url.path, "-f", "vtt"]).output
        #expect(vtt.hasPrefix("WEBVTT\n\n00:00:0") && vtt.hasSuffix("\n\n\n"))
    }

    @Test func theLimitsOfSubtitlesAreObeyed() async throws {
        let result = try await Program().run([
            "transcribe", item.url.path, "-f", "srt", "--max-words-per-line", "2", "--max-chars-per-line", "0",
            "--itn", "off",
        ])
        let lines = result.output.split(separator: "\n").filter { $0.contains(where: { "а"..."я" ~= $0 }) }
        let words = item.text.split(separator: " ")
        #expect(lines.count == (words.count + 1) / 2)
        #expect(lines.allSatisfy { $0.split(separator: " ").count <= 2 })
    }

    @Test func wordTimesAreATableWhenAskedFor() async throws {
        let result = try await Program().run(["transcribe", item.url.path, "-f", "md", "--word-timestamps"])
        #expect(result.output.contains("# Word timings"))
        let rows = result.output.split(separator: "\n").filter { $0.hasSuffix("| - |") }
        #expect(rows.count == item.text.split(separator: " ").count)
    }

    private struct Document: Decodable {
        struct Word: Decodable { let word: String }
        let duration: Double
        let text: String
        let words: [Word]
    }
}
