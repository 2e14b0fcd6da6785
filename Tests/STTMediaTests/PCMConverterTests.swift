import TestSupport
import Testing

@testable import STTMedia

/// Cases 122–130 of the gigastt 2.3 contract, and what it leaves open.
@Suite struct PCMConverterTests {
    struct Case: Sendable {
        let number: Int
        let messages: [[UInt8]]
        let samples: [[Float]]
        let carried: [UInt8]
    }

    private static let nearlyOne: Float = 0.999_969_48

    static let cases = [
        Case(number: 122, messages: [[0x00, 0x40, 0x00, 0xC0]], samples: [[0.5, -0.5]], carried: []),
        Case(number: 123, messages: [[0, 0, 0xFF], [0x7F]], samples: [[0], [nearlyOne]], carried: []),
        Case(number: 124, messages: [[]], samples: [[]], carried: []),
        Case(number: 125, messages: [[0x12], []], samples: [[], []], carried: [0x12]),
        Case(number: 126, messages: [[0x00], [0x80]], samples: [[], [-1]], carried: []),
        Case(
            number: 127, messages: [[1], [2, 3, 4]], samples: [[], [0x0201 / 32_768.0, 0x0403 / 32_768.0]], carried: []),
        Case(number: 128, messages: [[1], [2, 3]], samples: [[], [0x0201 / 32_768.0]], carried: [3]),
        Case(
            number: 129, messages: [[0xFF, 0x7F, 0x00, 0x80, 0x01, 0x00]],
            samples: [[nearlyOne, -1, 0.000_030_517_578]], carried: []),
    ]

    @Test(arguments: cases)
    func incompleteSamplesWaitForTheNextMessage(_ test: Case) throws {
        var converter = PCMConverter(try .pcm16(sampleRate: 16_000))
        #expect(test.messages.map { converter.convert($0) } == test.samples)
        #expect(converter.carried == test.carried)
    }

    @Test func anySplittingGivesHalfAsManySamplesAsBytes() throws {
        var random = SeededRandom(130)
        let bytes = (0..<999).map { _ in UInt8.random(in: 0...255, using: &random) }
        var whole = PCMConverter(try .pcm16(sampleRate: 16_000))
        let expected = whole.convert(bytes)
        #expect(expected.count == 499)
        for _ in 0..<50 {
            var converter = PCMConverter(try .pcm16(sampleRate: 16_000))
            var rest = bytes[...]
            var samples: [Float] = []
            while !rest.isEmpty {
                let count = Int.random(in: 0...7, using: &random)
                samples += converter.convert(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(samples == expected)
            #expect(converter.carried.count == 1)
        }
    }

    @Test func floatSamplesMayBeCutAnywhereToo() throws {
        let values: [Float] = [0.25, -1, 2, .nan, -.infinity, 0.125]
        let bytes = values.flatMap { WaveBytes.bytes($0.bitPattern) }
        for step in 1...9 {
            var converter = PCMConverter(try .float32(sampleRate: 16_000))
            let samples = stride(from: 0, to: bytes.count, by: step).flatMap {
                converter.convert(Array(bytes[$0..<min($0 + step, bytes.count)]))
            }
            #expect(samples == [0.25, -1, 1, 0, -1, 0.125])
        }
    }

    @Test(arguments: PCMFormat.sampleRates)
    func everyRateArrivesAligned(_ rate: Int) throws {
        let signal = TestSignal.samples(rate, at: Double(rate))
        let bytes = signal.flatMap { WaveBytes.bytes(Int16($0 * 32_767)) }
        var converter = PCMConverter(try .pcm16(sampleRate: rate))
        var samples: [Float] = []
        for start in stride(from: 0, to: bytes.count, by: 1234) {
            samples += converter.convert(Array(bytes[start..<min(start + 1234, bytes.count)]))
        }
        samples += converter.finish()
        #expect(samples.count == 16_000)
        let expected = TestSignal.samples(16_000, at: 16_000)
        #expect(Measures.signalToNoise(expected[400..<15_600], samples[400..<15_600]) > 70)
    }

    @Test(arguments: [0, -8000, 7999, 11_025, 96_000])
    func otherRatesAreRefused(_ rate: Int) {
        #expect(throws: MediaError.self) { try PCMFormat.pcm16(sampleRate: rate) }
        let failure = #expect(throws: MediaError.self) { try PCMFormat.float32(sampleRate: rate) }
        #expect(failure?.code == .unsupportedRate)
    }

    @Test(arguments: PCMFormat.sampleRates) func aFlushKeepsAnIncompleteSample(_ rate: Int) throws {
        let bytes = TestSignal.samples(rate / 10, at: Double(rate)).flatMap { WaveBytes.bytes(Int16($0 * 32_767)) }
        func samples(cut: Int) throws -> [Float] {
            var converter = PCMConverter(try .pcm16(sampleRate: rate))
            var samples = converter.convert(Array(bytes[..<cut])) + converter.flush()
            samples += converter.convert(Array(bytes[cut...]))
            return samples + converter.finish()
        }
        #expect(try samples(cut: 1_001) == samples(cut: 1_000))
        #expect(try samples(cut: 1_000).count >= 1_600)
    }

    @Test func finishForgetsAnIncompleteSample() throws {
        var converter = PCMConverter(try .pcm16(sampleRate: 16_000))
        _ = converter.convert([1])
        #expect(converter.finish().isEmpty)
        #expect(converter.convert([0x00, 0x40]) == [0.5])
    }
}
