import Foundation
import GigaSTT
import TestSupport
import Testing

/// `gigastt speakers`, and names in the transcripts of the bundled dialogue.
@Suite struct SpeakersCommandTests {
    /// What the first speaker of the dialogue says, as a file.
    private func voice(in folder: TemporaryFolder) throws -> String {
        let item = try Recordings.named("11_")
        let samples = try Recordings.samples(item)
        let speech = item.sentences.enumerated().filter { $0.offset % 2 == 0 }.flatMap { _, sentence -> [Float] in
            Array(samples[Int(sentence.start * 16_000)..<min(samples.count, Int(sentence.end * 16_000))])
                + [Float](repeating: 0, count: 8_000)
        }
        try folder.write(WaveFile.data(speech), as: "voice.wav")
        return folder.path("voice.wav")
    }

    @Test func aVoiceIsAddedListedUsedAndRemoved() async throws {
        let folder = try TemporaryFolder()
        let consent = ["--voice-consent", "--speakers-dir", folder.path("voices")]
        let file = try voice(in: folder)
        let added = try await Program().run(["speakers", "add", "Анна", file] + consent)
        #expect(added.code == 0, "\(added.errors)")
        let listed = try await Program().run(["speakers", "list"] + consent)
        #expect(listed.code == 0 && listed.output.hasPrefix("Анна\t"))
        #expect(try await Program().run(["speakers", "add", "Анна", file] + consent).code == 1)
        let dialogue = try Recordings.named("11_").url.path
        let minutes = try await Program().run(["transcribe", dialogue, "--speakers", "2", "-f", "minutes"] + consent)
        #expect(minutes.output.contains("## SPEAKER_0 (Анна)\n") && minutes.output.contains("## SPEAKER_1\n"))
        // Without consent nothing is read.
        let refused = try await Program().run(
            ["transcribe", dialogue, "--speakers", "2", "--speakers-dir", folder.path("voices")])
        #expect(refused.code == 2 && refused.errors.contains("--voice-consent"))
        let removed = try await Program().run(["speakers", "remove", "Анна"] + consent)
        let empty = try await Program().run(["speakers", "list"] + consent)
        #expect(removed.code == 0 && empty.code == 0 && empty.output.isEmpty)
        #expect(try await Program().run(["speakers", "remove", "Анна"] + consent).code == 1)
    }

    @Test func batchesNameSpeakersAndGoOverRecordingsAgainWhenVoicesChange() async throws {
        let folder = try TemporaryFolder()
        let consent = ["--voice-consent", "--speakers-dir", folder.path("voices")]
        try FileManager.default.createDirectory(atPath: folder.path("in"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: Recordings.named("11_").url.path, toPath: folder.path("in/dialogue.wav"))
        let batch = [
            "transcribe-batch", folder.path("in"), folder.path("out"), "--speakers", "2", "-f", "minutes,json",
        ]
        func output(_ name: String) throws -> String {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("out"))
            let file = try #require(names.first { $0.hasSuffix(name) })
            return try String(contentsOfFile: folder.path("out/\(file)"), encoding: .utf8)
        }
        let unnamed = try await Program().run(batch + consent)
        #expect(unnamed.code == 0 && unnamed.errors.contains("processed=1"), "\(unnamed.errors)")
        #expect(try !output(".json").contains("speaker_names"))
        #expect(try await Program().run(["speakers", "add", "Анна", voice(in: folder)] + consent).code == 0)
        let named = try await Program().run(batch + consent)
        #expect(named.code == 0 && named.errors.contains("processed=1"), "\(named.errors)")
        let minutes = try output(".md")
        #expect(minutes.contains("## SPEAKER_0 (Анна)\n") && minutes.contains("## SPEAKER_1\n"), "\(minutes)")
        #expect(try output(".json").contains(#""name":"Анна""#) || output(".json").contains(#""name": "Анна""#))
        let again = try await Program().run(batch + consent)
        #expect(again.errors.contains("processed=0 failed=0 skipped=1"), "\(again.errors)")
        let refused = try await Program().run(batch + ["--speakers-dir", folder.path("voices")])
        #expect(refused.code == 2 && refused.errors.contains("--voice-consent"))
    }

    @Test func aWatchUsesTheVoicesThatAreKnownWhenARecordingComes() async throws {
        let folder = try TemporaryFolder()
        let consent = ["--voice-consent", "--speakers-dir", folder.path("voices")]
        try FileManager.default.createDirectory(atPath: folder.path("in"), withIntermediateDirectories: true)
        let program = try RunningProgram(
            Program(),
            ["watch", folder.path("in"), folder.path("out"), "--poll-interval-ms", "20", "--speakers", "2"]
                + ["--format", "minutes"] + consent)
        await program.waitFor("Watching ")
        #expect(try await Program().run(["speakers", "add", "Анна", voice(in: folder)] + consent).code == 0)
        try FileManager.default.copyItem(
            atPath: Recordings.named("11_").url.path, toPath: folder.path("in/dialogue.wav"))
        await program.waitFor("dialogue.wav: -> ")
        program.interrupt()
        _ = await program.rest()
        #expect(await program.end() == 0)
        let file = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).first { $0.hasSuffix(".md") })
        let text = try String(contentsOfFile: folder.path("out/\(file)"), encoding: .utf8)
        #expect(text.contains("## SPEAKER_0 (Анна)\n"), "\(text)")
    }

    @Test func silenceIsRefusedAsAVoice() async throws {
        let folder = try TemporaryFolder()
        try folder.write(WaveFile.data([Float](repeating: 0, count: 160_000)), as: "silence.wav")
        let result = try await Program().run([
            "speakers", "add", "Анна", folder.path("silence.wav"), "--voice-consent", "--speakers-dir",
            folder.path("voices"),
        ])
        #expect(result.code != 0 && result.errors.contains("speech"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("voices")).isEmpty)
    }

    @Test(arguments: [["add", "Анна", "file.wav"], ["list"], ["remove", "Анна"], ["remove"]])
    func withoutConsentOrAFolderTheCommandsAreRefused(arguments: [String]) async throws {
        #expect(try await Program().run(["speakers"] + arguments).code == 2)
        #expect(try await Program().run(["speakers"] + arguments + ["--voice-consent"]).code == 2)
    }
}
