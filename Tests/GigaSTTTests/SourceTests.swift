import Foundation
import GigaSTT
import TestSupport
import Testing

/// A recording reads the same wherever it comes from.
@Suite struct SourceTests {
    private let item: Recordings.Item
    private let recognizer: Recognizer

    init() async throws {
        item = try Recordings.named("08")
        recognizer = try await SharedRecognizer.get()
    }

    @Test func aFileIsUnderstood() async throws {
        #expect(try await recognizer.transcribe(item.url).text == item.written)
    }

    @Test func bytesAreUnderstoodLikeTheFile() async throws {
        let bytes = [UInt8](try Data(contentsOf: item.url))
        let transcript = try await recognizer.transcribe(.bytes(bytes))
        #expect(transcript.text == item.written)
        #expect(try await recognizer.transcribe(item.url) == transcript)
    }

    @Test func aStreamIsUnderstoodLikeTheFile() async throws {
        let bytes = [UInt8](try Data(contentsOf: item.url))
        let transcript = try await recognizer.transcribe(ByteFeed().source(of: bytes))
        #expect(transcript.text == item.written)
        #expect(try await recognizer.transcribe(item.url) == transcript)
    }

    @Test func samplesAreUnderstoodLikeTheFile() async throws {
        let transcript = try await recognizer.transcribe(samples: try Recordings.samples(item))
        #expect(transcript.text == item.written)
        #expect(try await recognizer.transcribe(item.url) == transcript)
    }

    @Test(arguments: [8_000, 48_000])
    func samplesAtAnotherRateAreUnderstood(sampleRate: Int) async throws {
        let samples = try Recordings.samples(item)
        let transcript = try await recognizer.transcribe(
            samples: Self.interpolated(samples, to: sampleRate), sampleRate: sampleRate)
        #expect(transcript.text == item.written)
        #expect(abs(transcript.duration - Double(samples.count) / 16_000) < 0.01)
    }

    @Test(arguments: [0, -16_000, 1_000_000_000])
    func aRateThatNothingHasIsRefused(sampleRate: Int) async throws {
        let error = await #expect(throws: GigaSTTError.self) {
            try await recognizer.transcribe(samples: [0.1, 0.2], sampleRate: sampleRate)
        }
        #expect(error?.message.isEmpty == false)
    }

    @Test func noSamplesAreOneSegmentWithoutWords() async throws {
        let transcript = try await recognizer.transcribe(samples: [])
        #expect(transcript.segments.map(\.words) == [[]])
        #expect(transcript.duration == 0)
    }

    @Test func samplesThatAreNoNumbersDoNoHarm() async throws {
        let samples: [Float] = (0..<32_000).map { [.nan, .infinity, -.infinity, .greatestFiniteMagnitude][$0 % 4] }
        let transcript = try await recognizer.transcribe(samples: samples)
        #expect(transcript.duration == 2)
    }

    /// On the straight lines between the samples.
    private static func interpolated(_ samples: [Float], to sampleRate: Int) -> [Float] {
        (0..<samples.count * sampleRate / 16_000).map { index in
            let position = Double(index) * 16_000 / Double(sampleRate)
            let left = min(Int(position), samples.count - 1)
            let right = min(left + 1, samples.count - 1)
            let part = Float(position - Double(left))
            return samples[left] * (1 - part) + samples[right] * part
        }
    }
}
