import Foundation
import GigaSTT
import LiveBenchmark

/// How a recording was made.
enum FidelityCondition: String, CaseIterable {
    case clean, noise, farField = "far-field", telephone

    /// Samples at 16 kHz as a microphone of this kind records them. Filters begin anew in each call.
    func heard(_ samples: [Float], voices: [[Float]], using random: inout SeededNumbers) throws -> [Float] {
        switch self {
        case .clean: return samples
        case .noise:
            let kind = random.pick([NoiseKind.white, .pink, .babble], fallback: .white)
            // 10 to 20 dB below the speech.
            let level = samples.level * Float(random.real(in: 0.1...0.32))
            let noise = kind.samples(samples.count, voices: voices, using: &random)
            return zip(samples, noise).map { $0 + level * $1 }
        case .farField:
            let level = 0.003 * Float(random.real(in: 0.2...1))
            return Self.room(samples).map { 0.3 * $0 + level * random.sample() }
        case .telephone: return try Self.telephone(samples)
        }
    }

    /// Four combs and two all-pass filters (Schroeder 1962): a room that takes about half a second to fall silent, as loud
    /// as the voice itself.
    private static func room(_ samples: [Float]) -> [Float] {
        var sum = [Float](repeating: 0, count: samples.count)
        // Delays of 30 to 45 ms without a common divisor; the gains fall by 60 dB in 0.5 s.
        for delay in [479, 557, 641, 719] {
            let gain = Float(pow(10, -3 * Double(delay) / 16_000 / 0.5))
            var line = [Float](repeating: 0, count: delay)
            for index in samples.indices {
                let value = line[index % delay]
                line[index % delay] = samples[index] + gain * value
                sum[index] += 0.5 * value
            }
        }
        for delay in [80, 27] {
            var line = [Float](repeating: 0, count: delay)
            for index in sum.indices {
                let stored = line[index % delay]
                let value = sum[index] + 0.7 * stored
                line[index % delay] = value
                sum[index] = stored - 0.7 * value
            }
        }
        return zip(samples, sum).map { $0 + $1 }
    }

    /// 8 kHz, nothing below 300 Hz, and the 8 bits of µ-law.
    private static func telephone(_ samples: [Float]) throws -> [Float] {
        var down = try Resampler(from: 16_000, to: 8_000)
        var (before, high) = (Float(0), Float(0))
        let narrow = (down.append(samples) + down.finish()).map { sample in
            // A first-order high pass.
            high = 0.81 * (high + sample - before)
            before = sample
            return companded(high)
        }
        var up = try Resampler(from: 8_000, to: 16_000)
        return up.append(narrow) + up.finish()
    }

    /// A value after G.711's curve in 255 steps and back.
    private static func companded(_ value: Float) -> Float {
        let compressed = log1p(255 * min(1, abs(value))) / log1p(255)
        let step = (127 * compressed).rounded() / 127
        return (pow(256, step) - 1) / 255 * (value < 0 ? -1 : 1)
    }
}
