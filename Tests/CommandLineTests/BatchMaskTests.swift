import Foundation
import TestSupport
import Testing

/// Masks of `gigastt transcribe-batch`, with the telephone number of a recording.
@Suite struct BatchMaskTests {
    private let folder: TemporaryFolder
    private let item: Recordings.Item
    /// The parts of the number, as words and as digits.
    private let parts: [String]
    private var output: String { folder.path("out") }

    init() throws {
        folder = try TemporaryFolder()
        item = try Recordings.named("05")
        parts = item.text.split(separator: " ").dropFirst(2).map(String.init) + ["912 345", "345-67-89"]
        try FileManager.default.createDirectory(atPath: folder.path("in"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: item.url.path, toPath: folder.path("in/phone.wav"))
    }

    private func run(
        _ options: String..., environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        var program = Program()
        for (name, value) in environment { program.environment[name] = value }
        let result = try await program.run(["transcribe-batch", folder.path("in"), output] + options)
        #expect(result.code == 0, "\(result.errors)", sourceLocation: sourceLocation)
        return result.errors
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    @Test func whatIsMaskedIsInNoFile() async throws {
        let console = try await run(
            "--format", "txt,json,srt,vtt,md,ass,csv", "--mask", "profanity,personal", "--word-timestamps", "--report",
            folder.path("report.json"))
        #expect(console.contains("processed=1 failed=0"))
        let names = try FileManager.default.contentsOfDirectory(atPath: output)
        let transcripts = names.filter { !$0.hasPrefix(".") }
        #expect(transcripts.count == 7)
        for name in transcripts { #expect(try text("\(output)/\(name)").contains("***"), "\(name)") }
        for path in names.map({ "\(output)/\($0)" }) + [folder.path("report.json")] {
            let written = try text(path)
            #expect(parts.filter { written.contains($0) || console.contains($0) } == [], "\(path)")
        }
        #expect(try text("\(output)/phone.txt") == "мой номер ***")
    }

    /// Processes hash differently, so the order of two masks differs between them.
    @Test func masksAreTheSameWorkInEachRunAndOthersAreNot() async throws {
        _ = try await run("--format", "txt", "--mask", "profanity,personal")
        for names in ["profanity,personal", "personal,profanity", "profanity,personal", "personal,profanity"] {
            let again = try await run("--format", "txt", "--mask", names)
            #expect(again.contains("processed=0 failed=0 skipped=1"))
        }
        let labelled = try await run(
            "--format", "txt", "--diarization", environment: ["GIGASTT_MASK": "personal"])
        #expect(labelled.contains("processed=1 failed=0"))
        let masked = try text("\(output)/phone.txt")
        #expect(masked.contains("***") && parts.filter { masked.contains($0) } == [])
        #expect(try await run("--format", "txt", "--mask", "none").contains("processed=1 failed=0"))
        #expect(try text("\(output)/phone.txt") == item.written)
    }
}
