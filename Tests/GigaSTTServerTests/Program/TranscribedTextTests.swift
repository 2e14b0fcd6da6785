import Foundation
import TestSupport
import Testing

@testable import GigaSTTServer

/// The command line beside the server.
@Suite struct TranscribedTextTests {
    /// Four recordings over tones at −45 dB that change every tenth of a second: no silence ends all of their utterances.
    private static func speechOverMusic() throws -> Data {
        let gap = [Float](repeating: 0, count: 24_000)
        var samples = try ["01", "06", "04", "08"].flatMap { try Recordings.samples(Recordings.named($0)) + gap }
        let (gains, tones) = ([0.1, 0.3, 1, 2, 3], [220.0, 262, 330, 392, 440, 523, 660])
        var (state, gain, tone) = (6, 0.0, 0.0)
        for index in samples.indices {
            if index % 1_600 == 0 {
                state = (state * 1_103_515_245 + 12_345) % (1 << 31)
                (gain, tone) = (gains[(state >> 16) % 5], tones[(state >> 20) % 7])
            }
            let phase = 2 * Double.pi * tone * Double(index) / 16_000
            samples[index] += Float(0.005_623 * gain * (sin(phase) + 0.5 * sin(2 * phase)))
        }
        return WaveFile.data(samples.map { min(max($0, -1), 1) })
    }

    @Test func utterancesEndWhereTheServerEndsThem() async throws {
        let folder = try TemporaryFolder()
        let recording = try Self.speechOverMusic()
        try folder.write(recording, as: "music.wav")
        try await RunningServer.use { port, _ in
            var client = try await WireClient(port: port)
            let answer = try await client.request("POST", "/v1/transcribe?format=csv", body: [UInt8](recording))
            let written = try await Program().run(["transcribe", folder.path("music.wav"), "-f", "csv"])
            #expect(answer.status == 200 && written.code == 0)
            #expect(written.output.trimmingCharacters(in: .newlines) == answer.body.trimmingCharacters(in: .newlines))
            #expect(answer.body.split(separator: "\n").count > 2)
        }
    }
}
