import GigaSTT
import LiveBenchmark

/// A random recording of known clips: where each lies, what noise is under them, and how the recording is delivered.
struct CompletenessMix {
    let seed: UInt64
    /// PCM16, mono, at `sampleRate`.
    let bytes: [UInt8]
    let sampleRate: Int
    /// The same audio as the engine takes it, at 16 kHz.
    let samples: [Float]
    /// Samples of each clip within `samples`.
    let clips: [Range<Int>]
    let endpointing: Endpointing
    let partials: Bool
    /// Bytes of each live block.
    let blockSizes: ClosedRange<Int>
    /// In words, for the reader of a finding.
    let description: String

    init(seed: UInt64, of voices: [[Float]]) throws {
        self.seed = seed
        var random = SeededNumbers(seed)
        var samples = [Float](repeating: 0, count: random.value(in: 0...40_000))
        var clips: [Range<Int>] = []
        // One in four recordings has hardly a pause, so that it is cut at its length.
        let isDense = random.chance(0.25)
        for _ in 0..<random.value(in: isDense ? 6...10 : 1...6) {
            let gain = Float(random.real(in: 0.15...1.0))
            let clip = random.pick(voices, fallback: []).map { $0 * gain }
            clips.append(samples.count..<samples.count + clip.count)
            samples += clip
            let pause = isDense ? random.real(in: 0.05...0.3) : random.real(in: 0.1...(random.chance(0.5) ? 1.5 : 7))
            samples += [Float](repeating: 0, count: Int(pause * 16_000))
        }
        samples += [Float](repeating: 0, count: random.value(in: 0...112_000))
        let noises = Self.addNoises(to: &samples, behind: clips, voices, &random)

        sampleRate = random.pick([8_000, 16_000, 16_000, 24_000, 44_100, 48_000], fallback: 16_000)
        bytes = try Self.encode(samples, sampleRate)
        var converter = PCMConverter(try .pcm16(sampleRate: sampleRate))
        self.samples = converter.convert(bytes) + converter.finish()
        self.clips = clips
        let (mode, endpointing) = random.pick(Self.endpointings, fallback: Self.endpointings[0])
        self.endpointing = endpointing
        partials = random.chance(0.5)
        blockSizes = random.pick([2...2_000, 320...320, 3_200...3_200, 1...20_000], fallback: 320...320)
        description = "\(mode), \(sampleRate) Hz, \(clips.count) clips, noise: \(noises)"
    }

    private static let endpointings: [(String, Endpointing)] = [
        ("automatic", .automatic), ("noisy", .noisy), ("noisy", .noisy), ("manual", .manual),
        ("200 ms", Endpointing(silence: .milliseconds(200), blankRun: false)),
        ("200 ms, blanks", Endpointing(silence: .milliseconds(200), blankRun: true)),
        ("1.5 s, blanks", Endpointing(silence: .milliseconds(1_500), blankRun: true)),
        ("blanks alone", Endpointing(silence: nil, blankRun: true)),
    ]

    /// Adds no noise, one under everything, or noises that begin within 0.6 s behind clips and last up to 8 s.
    private static func addNoises(
        to samples: inout [Float], behind clips: [Range<Int>], _ voices: [[Float]], _ random: inout SeededNumbers
    ) -> String {
        let kind = random.pick(NoiseKind.allCases, fallback: .white)
        let speech = clips.map { samples[$0].level }.min() ?? 0
        var places: [Range<Int>] = []
        var share = Float(random.real(in: 0.02...0.2))
        switch random.value(in: 0...3) {
        case 0: return "none"
        case 1: places = [random.value(in: 0...40_000)..<samples.count]
        default:
            share = Float(random.real(in: 0.1...0.6))
            places = clips.map { clip in
                let start = clip.upperBound + random.value(in: 0...9_600)
                return start..<start + random.value(in: 8_000...128_000)
            }
        }
        for place in places.map({ $0.clamped(to: samples.indices) }) {
            let noise = kind.samples(place.count, voices: voices, using: &random)
            for (index, value) in zip(place, noise) { samples[index] += value * speech * share }
        }
        return "\(kind.rawValue) at \(share), \(places.count) places"
    }

    private static func encode(_ samples: [Float], _ sampleRate: Int) throws -> [UInt8] {
        var resampler = try Resampler(from: 16_000, to: sampleRate)
        return (resampler.append(samples) + resampler.finish()).flatMap { sample in
            let value = Int16(min(max(sample * 32_768, -32_768), 32_767).rounded())
            return [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
    }
}
