import Foundation
import TestSupport
import Testing

/// `transcribe --diarization` with the small speaker model beside the built-in one.
@Suite struct SpeakerCommandTests {
    private let dialogue: String

    init() throws { dialogue = try Recordings.named("11_").url.path }

    @Test func subtitlesAndTurnsHaveSpeakers() async throws {
        let subtitles = try await Program().run(["transcribe", dialogue, "--diarization", "-f", "srt"])
        let labels = subtitles.output.split(separator: "\n").filter { $0.hasPrefix("[") }.map { $0.prefix(11) }
        #expect(subtitles.code == 0 && Set(labels) == ["[SPEAKER_0]", "[SPEAKER_1]"])
        let turns = try await Program().run(["transcribe", dialogue, "--diarization", "-f", "rttm"])
        let names = turns.output.split(separator: "\n").map { $0.split(separator: " ")[7] }
        #expect(turns.code == 0 && Set(names) == ["SPEAKER_0", "SPEAKER_1"] && names.count >= 8)
        let events = try await Program().run(["transcribe", dialogue, "--diarization", "-f", "ass"])
        #expect(events.output.contains(",[SPEAKER_0] ") && events.output.contains(",[SPEAKER_1] "))
        // Of the eight turns one may have the label of its neighbours.
        let minutes = try await Program().run(["transcribe", dialogue, "--diarization", "-f", "minutes"])
        let headings = minutes.output.split(separator: "\n").filter { $0.hasPrefix("## ") }
        #expect(minutes.code == 0 && Set(headings) == ["## SPEAKER_0", "## SPEAKER_1"] && headings.count >= 6)
    }

    @Test func aNumberAsksForSpeakers() async throws {
        let one = try await Program().run(["transcribe", dialogue, "--speakers", "1", "-f", "vtt"])
        #expect(one.code == 0 && one.output.contains("[SPEAKER_0]") && !one.output.contains("[SPEAKER_1]"))
        var program = Program()
        program.environment["GIGASTT_DIARIZATION"] = "true"
        program.environment["GIGASTT_MAX_SPEAKERS"] = "1"
        #expect(try await program.run(["transcribe", dialogue, "-f", "vtt"]).output == one.output)
        let plain = try await Program().run(["transcribe", dialogue, "-f", "vtt"])
        #expect(!plain.output.contains("[SPEAKER_"))
    }

    @Test(arguments: [
        ["--speakers", "0"], ["--speakers", "65"], ["--min-speakers", "3", "--max-speakers", "2"],
        ["--diarization", "--stereo-speakers"],
    ])
    func optionsThatMakeNoSenseAreRefused(options: [String]) async throws {
        #expect(try await Program().run(["transcribe", dialogue] + options).code == 2)
    }

    @Test func withoutASpeakerModelAWarningSaysSo() async throws {
        let folder = try TemporaryFolder(model: ModelFileName.quantized)
        let result = try await Program().run(
            ["transcribe", dialogue, "--diarization", "-f", "srt", "--model-dir", folder.url.path])
        #expect(result.code == 0 && !result.output.contains("[SPEAKER_") && !result.output.isEmpty)
        #expect(result.errors.contains("Words have no speakers. There is no wespeaker_resnet34.onnx"))
    }
}
