import Foundation
import TestSupport
import Testing

/// A call with one person on each channel.
@Suite struct StereoTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let (left, right) = try (Recordings.samples(Recordings.named("06")), Recordings.samples(Recordings.named("09")))
        let pause = [Float](repeating: 0, count: left.count)
        let call = zip(left + [Float](repeating: 0, count: right.count), pause + right).flatMap { [$0, $1] }
        try folder.write(WaveFile.data(call, channels: 2), as: "call.wav")
        try folder.write(WaveFile.data(left.flatMap { [$0, $0] }, channels: 2), as: "copies.wav")
    }

    @Test func eachSideIsASpeaker() async throws {
        let result = try await Program().run(["transcribe", folder.path("call.wav"), "--stereo-speakers", "-f", "srt"])
        let lines = result.output.split(separator: "\n").filter { $0.hasPrefix("[") }
        #expect(result.code == 0 && !result.errors.contains("not separated"))
        #expect(lines.first?.hasPrefix("[SPEAKER_0] ") == true && lines.last?.hasPrefix("[SPEAKER_1] ") == true)
        var program = Program()
        program.environment["GIGASTT_STEREO_SPEAKERS"] = "true"
        let set = try await program.run(["transcribe", folder.path("call.wav"), "-f", "srt"])
        #expect(set.output == result.output)
    }

    @Test(arguments: [
        ("copies.wav", "both channels of the recording hold the same voice"), ("", "the recording is mono"),
    ])
    func whatIsOneVoiceIsTranscribedWithAWarning(name: String, reason: String) async throws {
        let path = name.isEmpty ? try Recordings.named("06").url.path : folder.path(name)
        let plain = try await Program().run(["transcribe", path])
        let result = try await Program().run(["transcribe", path, "--stereo-speakers", "--log-level", "warn"])
        #expect(result.code == 0 && result.output == plain.output)
        #expect(result.errors.hasSuffix("\nWarning: \(reason), so the speakers are not separated.\n"))
    }

    @Test func standardInputCannotBeReadTwice() async throws {
        let result = try await Program().run(["transcribe", "-", "--stereo-speakers"])
        #expect(result.code == 2 && result.errors.contains("--stereo-speakers needs a file"))
    }

    @Test func codecWins() async throws {
        let item = try Recordings.named("06")
        let options = ["--codec", "pcmu", "--sample-rate", "16000", "--stereo-speakers"]
        #expect(try await Program().run(["transcribe", item.url.path] + options).code == 0)
        let data = try Data(contentsOf: item.url)
        #expect(try await Program().run(["transcribe", "-"] + options, input: data).code == 0)
    }
}
