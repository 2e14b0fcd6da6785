import Foundation
import TestSupport
import Testing

/// Captions by the rules of broadcasters, of the shipped recordings and in other people's files.
@Suite struct CaptionTests {
    private struct Check: Decodable {
        struct Violation: Decodable {
            let line: Int
            let cue: Int?
            let rule: String
            let message: String
        }
        let file: String
        let cues: Int
        let violations: [Violation]
    }

    private func check(_ path: String) async throws -> (code: Int32, Check) {
        let result = try await Program().run(["captions", "check", path, "--json"])
        return (result.code, try JSONDecoder().decode(Check.self, from: Data(result.output.utf8)))
    }

    /// The words of subtitles: lines that are neither numbers nor times.
    private func words(_ subtitles: String) -> [Substring] {
        subtitles.split(whereSeparator: \.isNewline).filter { !$0.contains("-->") && Int($0) == nil && $0 != "WEBVTT" }
            .flatMap { $0.split(separator: " ") }
    }

    @Test(arguments: ["10", "11", "12"], ["srt", "vtt"])
    func captionsOfTheDemoObeyTheRulesAndHoldEveryWordOnce(name: String, format: String) async throws {
        let folder = try TemporaryFolder()
        let path = try Recordings.named(name).url.path
        let output = folder.path("captions.\(format)")
        let result = try await Program().run(
            ["transcribe", path, "-f", format, "--captions", "broadcast", "-o", output])
        #expect(result.code == 0, "\(result.errors)")
        let (code, check) = try await check(output)
        #expect(code == 0 && check.violations.isEmpty, "\(check.violations)")
        #expect(check.cues > 3)
        let subtitles = try String(contentsOfFile: output, encoding: .utf8)
        let text = try await Program().run(["transcribe", path]).output
        #expect(words(subtitles) == text.split(whereSeparator: \.isWhitespace))
    }

    @Test func theSettingIsAlsoAVariableAndItsValuesAreChecked() async throws {
        let path = try Recordings.named("12").url.path
        var program = Program()
        program.environment["GIGASTT_CAPTIONS"] = "broadcast"
        let variable = try await program.run(["transcribe", path, "-f", "srt"]).output
        let flag = try await Program().run(["transcribe", path, "-f", "srt", "--captions", "broadcast"]).output
        #expect(variable == flag && !flag.isEmpty)
        #expect(try await Program().run(["transcribe", path, "--captions", "wide"]).code == 2)
    }

    @Test func aFileIsCheckedByLineWithAnExitCode() async throws {
        let folder = try TemporaryFolder()
        let text = "1\n00:00:01,000 --> 00:00:01,500\nдом на\n\noops\n"
        try folder.write(Data(text.utf8), as: "bad.srt")
        let result = try await Program().run(["captions", "check", folder.path("bad.srt")])
        #expect(result.code == 1)
        #expect(
            result.output.split(separator: "\n").map { $0.replacing(folder.path("bad.srt"), with: "") } == [
                ":2: short: 0.500 s, at least 0.700 s", ":3: preposition: ends with the preposition \"на\"",
                ":5: format: text that belongs to no cue; expected times",
            ])
        #expect(result.errors == "3 violations in 1 cues\n")
        let (code, check) = try await check(folder.path("bad.srt"))
        #expect(code == 1 && check.violations.map(\.rule) == ["short", "preposition", "format"])
        #expect(check.violations.map(\.cue) == [1, 1, nil] && check.file == folder.path("bad.srt"))
    }

    @Test(arguments: [String.Encoding.utf8, .utf16, .windowsCP1251])
    func subtitlesHaveAnyEncodingAndComeFromAPipe(encoding: String.Encoding) async throws {
        let text = "1\r\n00:00:01,000 --> 00:00:03,000\r\nПойдём на\r\nулицу\r\n"
        let data = try #require(text.data(using: encoding))
        let result = try await Program().run(["captions", "check", "-"], input: data)
        #expect(result.code == 1 && result.output == "-:3: preposition: ends with the preposition \"на\"\n")
    }

    @Test func whatIsNoSubtitleFileIsAnError() async throws {
        let missing = try await Program().run(["captions", "check", "/nonexistent.srt"])
        #expect(missing.code == 1 && missing.errors.contains("/nonexistent.srt") && missing.output.isEmpty)
        let audio = try await Program().run(["captions", "check", Recordings.named("06").url.path])
        #expect(audio.code == 1)
        let empty = try await Program().run(["captions", "check", "-"])
        #expect(empty.code == 0 && empty.output.isEmpty)
    }

    /// FFmpeg reads what is written.
    @Test(.enabled(if: Tool.isRequiredOrInstalled("/usr/bin/ffmpeg")))
    func otherProgramsReadSubStationAlpha() async throws {
        let folder = try TemporaryFolder()
        let path = try Recordings.named("11").url.path
        for captions in ["lines", "broadcast"] {
            for format in ["ass", "srt"] {
                let arguments = ["-f", format, "--captions", captions, "-o", folder.path("a.\(format)")]
                #expect(try await Program().run(["transcribe", path] + arguments).code == 0)
            }
            try FFmpeg.run(["-i", folder.path("a.ass"), folder.path("b.srt")])
            let (own, other) = (
                try String(contentsOfFile: folder.path("a.srt"), encoding: .utf8),
                try String(contentsOfFile: folder.path("b.srt"), encoding: .utf8)
            )
            let shown = other.replacing(/<[^>]*>/, with: "")
            #expect(words(shown) == words(own) && !words(own).isEmpty)
            #expect(shown.split(whereSeparator: \.isNewline).count == own.split(whereSeparator: \.isNewline).count)
        }
    }
}
