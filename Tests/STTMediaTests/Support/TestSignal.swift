import Foundation

/// A signal that is known as a formula, so that its samples at any rate need no resampler.
enum TestSignal {
    /// Samples at 48 kHz: 1.5 s and one more sample at 16 kHz.
    static let count48k = 72_003
    static let count16k = 24_001

    /// Two sweeps below 3.3 kHz, one of them pulsing: aligned in one place only.
    static func value(at second: Double) -> Double {
        let slow = sin(2 * .pi * (200 * second + 900 * second * second))
        let fast = sin(2 * .pi * (1100 * second + 400 * second * second))
        return 0.3 * slow + 0.2 * fast * (0.5 + 0.5 * sin(2 * .pi * 3 * second))
    }

    static func samples(_ count: Int, at rate: Double) -> [Float] {
        (0..<count).map { Float(value(at: Double($0) / rate)) }
    }

    static let at48k = samples(count48k, at: 48_000)
    static let at16k = samples(count16k, at: 16_000)
}
