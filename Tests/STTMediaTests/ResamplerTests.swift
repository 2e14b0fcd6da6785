import Foundation
import TestSupport
import Testing

@testable import STTMedia

@Suite struct ResamplerTests {
    static let rates = [1, 7999, 8000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_100, 47_999, 48_000, 96_000, 192_000]

    private func resampled(_ samples: [Float], from rate: Int, to target: Int = 16_000) throws -> [Float] {
        var resampler = try Resampler(from: rate, to: target)
        return resampler.append(samples) + resampler.finish()
    }

    private func noise(_ count: Int, seed: UInt64) -> [Float] {
        var random = SeededRandom(seed)
        return (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
    }

    @Test(arguments: rates, [0, 1, 2, 441, 1000])
    func outputCountIsTheCeilingOfTheExactRatio(_ rate: Int, _ count: Int) throws {
        let count = rate == 1 ? min(count, 2) : count
        let expected = Int((Double(count) * 16_000 / Double(rate)).rounded(.up))
        #expect(try resampled(noise(count, seed: 1), from: rate).count == expected)
    }

    @Test(arguments: rates.dropFirst())
    func anySplittingGivesTheSameBits(_ rate: Int) throws {
        let samples = noise(3000, seed: 2)
        let whole = try resampled(samples, from: rate)
        for seed in 0..<3 as Range<UInt64> {
            var random = SeededRandom(seed)
            var resampler = try Resampler(from: rate)
            var pieces: [Float] = []
            var index = 0
            while index < samples.count {
                let count = min(Int.random(in: 0...(seed == 0 ? 3 : 900), using: &random), samples.count - index)
                pieces += resampler.append(Array(samples[index..<index + count]))
                index += count
            }
            pieces += resampler.finish()
            #expect(pieces.map(\.bitPattern) == whole.map(\.bitPattern))
        }
    }

    @Test(arguments: rates.dropFirst())
    func anImpulseStaysAtItsTime(_ rate: Int) throws {
        // A place that both rates share, so that the peak falls on a sample.
        let divisor = gcd(rate, 16_000)
        let position = rate / divisor * max(1, 900 * divisor / rate)
        guard position < 20_000 else { return }
        var samples = [Float](repeating: 0, count: position + 2000)
        samples[position] = 1
        let output = try resampled(samples, from: rate)
        let peak = output.indices.max { abs(output[$0]) < abs(output[$1]) }
        #expect(peak == position / (rate / divisor) * (16_000 / divisor))
        let centre = try #require(peak)
        for distance in 1..<min(40, centre) {
            #expect(abs(output[centre - distance] - output[centre + distance]) < 1e-5)
        }
    }

    struct Tone: Sendable {
        let rate: Int
        let frequency: Double
    }

    @Test(arguments: [
        Tone(rate: 8000, frequency: 440), Tone(rate: 8000, frequency: 3700), Tone(rate: 11_025, frequency: 5000),
        Tone(rate: 24_000, frequency: 7600), Tone(rate: 44_100, frequency: 1000), Tone(rate: 44_100, frequency: 7600),
        Tone(rate: 47_999, frequency: 7000), Tone(rate: 48_000, frequency: 50), Tone(rate: 48_000, frequency: 7600),
        Tone(rate: 192_000, frequency: 7600), Tone(rate: 191_999, frequency: 3000), Tone(rate: 7999, frequency: 3000),
    ])
    func tonesOfThePassBandComeOutAsTheyWere(_ tone: Tone) throws {
        let count = tone.rate / 5
        func sine(_ count: Int, at rate: Int) -> [Float] {
            (0..<count).map { Float(sin(2 * .pi * tone.frequency * Double($0) / Double(rate))) }
        }
        let output = try resampled(sine(count, at: tone.rate), from: tone.rate)
        let expected = sine(output.count, at: 16_000)
        let middle = 500..<output.count - 500
        #expect(Measures.signalToNoise(expected[middle], output[middle]) > 85)
    }

    @Test(arguments: [
        Tone(rate: 48_000, frequency: 8000), Tone(rate: 48_000, frequency: 8400), Tone(rate: 48_000, frequency: 15_900),
        Tone(rate: 48_000, frequency: 23_000), Tone(rate: 44_100, frequency: 8000),
        Tone(rate: 44_100, frequency: 12_345),
        Tone(rate: 24_000, frequency: 11_000), Tone(rate: 47_999, frequency: 16_100),
        Tone(rate: 192_000, frequency: 8010),
        Tone(rate: 191_999, frequency: 24_050),
    ])
    func tonesOfTheStopBandAreNinetyDecibelsDown(_ tone: Tone) throws {
        let samples = (0..<tone.rate / 4).map { Float(sin(2 * .pi * tone.frequency * Double($0) / Double(tone.rate))) }
        let output = try resampled(samples, from: tone.rate)
        let power = Measures.power(output[500..<output.count - 500])
        #expect(10 * log10(power / 0.5) < -90)
    }

    @Test(arguments: [8000, 11_025, 44_100, 47_999, 48_000, 191_999])
    func aConstantStaysAsItIs(_ rate: Int) throws {
        let output = try resampled([Float](repeating: 0.5, count: max(600, rate / 10)), from: rate)
        #expect(output[output.count / 2 - 10..<output.count / 2 + 10].allSatisfy { abs($0 - 0.5) < 1e-5 })
    }

    @Test func equalRatesPassThrough() throws {
        let samples = noise(1000, seed: 3)
        var resampler = try Resampler(from: 16_000)
        #expect(resampler.append(samples) == samples)
        #expect(resampler.finish().isEmpty)
    }

    @Test(arguments: [16_000, 48_000])
    func whatIsNotFiniteCountsAsZero(_ rate: Int) throws {
        var samples = noise(2000, seed: 4)
        var cleaned = samples
        for (index, value) in [(100, Float.nan), (700, .infinity), (701, -.infinity)] {
            samples[index] = value
            cleaned[index] = 0
        }
        #expect(try resampled(samples, from: rate) == resampled(cleaned, from: rate))
    }

    @Test func anotherSignalMayFollowTheEnd() throws {
        let samples = noise(1000, seed: 5)
        var resampler = try Resampler(from: 44_100)
        let first = resampler.append(samples) + resampler.finish()
        #expect(resampler.append(samples) + resampler.finish() == first)
    }

    @Test(arguments: [(0, 16_000), (-1, 16_000), (192_001, 16_000), (16_000, 7999), (16_000, 192_001)])
    func ratesOutOfRangeAreRefused(_ from: Int, _ to: Int) {
        let failure = #expect(throws: MediaError.self) { try Resampler(from: from, to: to) }
        #expect(failure?.code == .unsupportedRate)
    }

    @Test(arguments: [1, 7999, 44_100, 47_999, 191_999, 192_000])
    func tablesStaySmall(_ rate: Int) {
        #expect(PolyphaseFilter(from: rate, to: 16_000).tableCount <= 300_000)
    }

    private func gcd(_ a: Int, _ b: Int) -> Int { b == 0 ? a : gcd(b, a % b) }
}
