import STTRecognition
import TestSupport
import Testing

@testable import GigaSTT

/// Samples in memory become 16 kHz block by block.
@Suite struct SampleSourceTests {
    private static func blocks(_ samples: [Float], sampleRate: Int) async throws -> [[Float]] {
        var source = SampleSource(.samples(samples, sampleRate: sampleRate), for: .gigaAM, maximumDuration: nil)
        var blocks: [[Float]] = []
        while let block = try await source.next() { blocks.append(block) }
        #expect(source.isOver)
        return blocks
    }

    @Test(arguments: [1, 3, 8_000, 11_025, 16_000, 44_100, 48_000, 192_000], [0, 1, 2, 2.5])
    func noBlockIsLongerThanASecondAndTogetherTheyAreTheWhole(sampleRate: Int, seconds: Double) async throws {
        let samples = (0..<Int(Double(sampleRate) * seconds)).map { Float($0 % 101) / 101 - 0.5 }
        let blocks = try await Self.blocks(samples, sampleRate: sampleRate)
        #expect(blocks.allSatisfy { $0.count <= 17_000 })
        var resampler = try Resampler(from: sampleRate)
        #expect(blocks.flatMap { $0 } == resampler.append(samples) + resampler.finish())
    }

    @Test func theFirstBlockOfAnHourComesWithoutTheRest() async throws {
        let hour = [Float](repeating: 0, count: 3_600 * 48_000)
        var source = SampleSource(.samples(hour, sampleRate: 48_000), for: .gigaAM, maximumDuration: nil)
        let block = try #require(try await source.next())
        #expect(block.count <= 16_000)
    }

    @Test func aRateThatCannotBeConvertedIsAnInvalidOption() async throws {
        let recognizer = try await SharedRecognizer.get()
        let error = await #expect(throws: GigaSTTError.self) {
            try await recognizer.transcribe(samples: [0], sampleRate: 0)
        }
        #expect(error?.message.isEmpty == false)
    }
}
