import Foundation
import LiveBenchmark

/// Noises that are put under speech. Each has a mean square of 1.
enum NoiseKind: String, CaseIterable {
    case white, pink, hum, babble, music

    /// `count` samples at 16 kHz. `voices`: clips that babble is made of, read backwards so that it holds no words.
    func samples(_ count: Int, voices: [[Float]], using random: inout SeededNumbers) -> [Float] {
        let samples =
            switch self {
            case .white: (0..<count).map { _ in random.sample() }
            case .pink: Self.pink(count, &random)
            case .hum: Self.hum(count, &random)
            case .babble: Self.babble(count, voices, &random)
            case .music: Self.music(count, &random)
            }
        let level = samples.level
        return level > 0 ? samples.map { $0 / level } : samples
    }

    /// Voss–McCartney: a sum of noises that change at every 2ⁿ-th sample.
    private static func pink(_ count: Int, _ random: inout SeededNumbers) -> [Float] {
        var rows = (0..<12).map { _ in random.sample() }
        return (0..<count).map { index in
            let row = min(index.trailingZeroBitCount, rows.count - 1)
            rows[row] = random.sample()
            return rows.reduce(0, +) + random.sample()
        }
    }

    /// A mains hum with harmonics that fall by 3 dB each, up to 2 kHz.
    private static func hum(_ count: Int, _ random: inout SeededNumbers) -> [Float] {
        let base = 2 * Float.pi * Float(random.real(in: 49.5...60.5)) / 16_000
        let phases = (1...40).map { _ in random.sample() * .pi }
        return (0..<count).map { index in
            phases.enumerated().reduce(Float(0)) { sum, harmonic in
                let number = Float(harmonic.offset + 1)
                return sum + sin(base * number * Float(index) + harmonic.element) / number.squareRoot()
            }
        }
    }

    private static func babble(_ count: Int, _ voices: [[Float]], _ random: inout SeededNumbers) -> [Float] {
        var samples = [Float](repeating: 0, count: count)
        for _ in 0..<5 {
            var index = -random.value(in: 0...16_000)
            while index < count {
                for sample in random.pick(voices, fallback: [0]).reversed() {
                    if samples.indices.contains(index) { samples[index] += sample }
                    index += 1
                }
            }
        }
        return samples
    }

    /// Chords of decaying tones, two to four a second.
    private static func music(_ count: Int, _ random: inout SeededNumbers) -> [Float] {
        var samples = [Float](repeating: 0, count: count)
        var start = 0
        while start < count {
            for _ in 0..<3 {
                let pitch = 110 * pow(2, Float(random.value(in: 0...36)) / 12)
                for index in start..<min(start + 16_000, count) {
                    let time = Float(index - start) / 16_000
                    let tone = (1...4).reduce(Float(0)) { $0 + sin(2 * .pi * pitch * Float($1) * time) / Float($1) }
                    samples[index] += tone * exp(-3 * time)
                }
            }
            start += random.value(in: 4_000...8_000)
        }
        return samples
    }
}

extension Collection where Element == Float {
    /// Root of the mean square.
    var level: Float { isEmpty ? 0 : (reduce(0) { $0 + $1 * $1 } / Float(count)).squareRoot() }
}
