import Foundation
import GigaSTT
import TestSupport
import Testing

@Suite struct SilenceTests {
    /// A minute; the suite of the command line measures the memory that ten take.
    @Test func silenceHasNoWords() async throws {
        let seconds = 60
        let count = 32_000 * seconds
        let bytes = [UInt8](WaveFile.header(byteCount: UInt32(count))) + [UInt8](repeating: 0, count: count)
        let transcript = try await SharedRecognizer.get().transcribe(ByteFeed().source(of: bytes))
        #expect(transcript.words.isEmpty)
        #expect(transcript.text.isEmpty)
        #expect(transcript.confidence == nil)
        #expect(transcript.duration == Double(seconds))
    }

    @Test(arguments: [1, 2, 159, 160, 319, 320, 401, 1_600])
    func aRecordingShorterThanAWordHasNone(sampleCount: Int) async throws {
        let transcript = try await SharedRecognizer.get().transcribe(
            samples: [Float](repeating: 0.01, count: sampleCount))
        #expect(transcript.words.isEmpty)
        #expect(transcript.duration == Double(sampleCount) / 16_000)
    }
}
