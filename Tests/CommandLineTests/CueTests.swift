import Foundation
import TestSupport
import Testing

/// Subtitles of the long recordings beside the times of their words.
@Suite struct CueTests {
    private struct Document: Decodable {
        struct Word: Decodable {
            let word: String
            let start, end: Double
        }
        let words: [Word]
    }

    private struct Cue {
        let start, end: Double
        let words: [Substring]
    }

    /// Reads SubRip as a player does.
    private func cues(_ text: String) throws -> [Cue] {
        try text.components(separatedBy: "\n\n").filter { $0.contains("-->") }.map { block in
            let lines = block.split(separator: "\n")
            let times = lines[1].components(separatedBy: " --> ").map(Self.seconds)
            return Cue(start: times[0], end: times[1], words: try #require(lines.last).split(separator: " "))
        }
    }

    private static func seconds(_ text: String) -> Double {
        let parts = text.replacing(",", with: ".").split(separator: ":").compactMap { Double($0) }
        return parts[0] * 3_600 + parts[1] * 60 + parts[2]
    }

    @Test(arguments: ["10", "11", "12"], [14, 1])
    func aCueSpansNoPauseAndShowsNoWordEarlyAndCanBeRead(name: String, maxWords: Int) async throws {
        let path = try Recordings.named(name).url.path
        let json = try await Program().run(["transcribe", path, "-f", "json"]).output
        let words = try JSONDecoder().decode(Document.self, from: Data(json.utf8)).words
        let arguments = ["transcribe", path, "-f", "srt", "--max-words-per-line", "\(maxWords)", "--itn", "off"]
        let cues = try cues(try await Program().run(arguments).output)
        var rest = words[...]
        for (index, cue) in cues.enumerated() {
            let own = rest.prefix(cue.words.count)
            rest = rest.dropFirst(own.count)
            #expect(own.map(\.word) == cue.words.map(String.init))
            let first = try #require(own.first)
            #expect(cue.start > first.start - 0.001 && cue.start < first.start + 0.001)
            for (word, next) in zip(own, own.dropFirst()) { #expect(next.start - word.end < 0.8) }
            let following = index + 1 < cues.count ? cues[index + 1].start : .infinity
            #expect(cue.end > cue.start && cue.end > min(cue.start + 0.3, following) - 0.0015)
        }
        #expect(rest.isEmpty && !cues.isEmpty)
    }

    @Test func theGroupingOfGigasttTwoIsAnOption() async throws {
        let path = try Recordings.named("12").url.path
        let natural = try await Program().run(["transcribe", path, "-f", "srt"])
        let compat = try await Program().run(["transcribe", path, "-f", "srt", "--cues", "compat"])
        // Its sentences lie seconds apart.
        #expect(try cues(natural.output).count > cues(compat.output).count)
        var program = Program()
        program.environment["GIGASTT_CUES"] = "compat"
        #expect(try await program.run(["transcribe", path, "-f", "srt"]).output == compat.output)
        #expect(try await program.run(["transcribe", path, "--cues", "wide"]).code == 2)
    }
}
