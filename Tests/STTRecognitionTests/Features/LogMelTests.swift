import Foundation
import STTRecognition
import Testing

@Suite struct LogMelTests {
    struct Expected: Sendable, CustomTestStringConvertible {
        let band: Int, frame: Int
        let float32: Float, bfloat16: Float
        var testDescription: String { "band \(band), frame \(frame)" }
    }

    /// Computed in 64-bit by another implementation for x[n] = 0.5·sin(2π·440·n/16000), 16 000 samples.
    static let sine: [Expected] = [
        .init(band: 10, frame: 0, float32: 5.4605, bfloat16: 5.4594),
        .init(band: 11, frame: 50, float32: 6.6102, bfloat16: 6.6089),
        .init(band: 12, frame: 0, float32: 7.1214, bfloat16: 7.1201),
        .init(band: 13, frame: 0, float32: 5.1988, bfloat16: 5.2001),
        .init(band: 9, frame: 0, float32: 0.6477, bfloat16: 0.6434),
        .init(band: 20, frame: 0, float32: -8.7226, bfloat16: -8.3950),
        .init(band: 40, frame: 0, float32: -17.6504, bfloat16: -9.8028),
        .init(band: 63, frame: 0, float32: -20.7233, bfloat16: -9.0565),
    ]

    @Test(arguments: sine) func aSineHasTheReferenceFeatures(expected: Expected) {
        let samples = (0..<16_000).map { Float(0.5 * sin(2 * .pi * 440 * Double($0) / 16_000)) }
        for (precision, value) in [(MelPrecision.float32, expected.float32), (.bfloat16, expected.bfloat16)] {
            var frontEnd = LogMel(precision: precision)
            let block = frontEnd.append(samples)
            #expect(block.count == 99)
            let found = block.values[expected.frame * 64 + expected.band]
            // Far below the signal, 32-bit rounding of the spectrum shows: −17.65 is 1e-14 of the peak energy.
            let tolerance: Float = value < -15 ? 0.02 : 1e-3
            #expect(abs(found - value) <= tolerance, "\(precision): \(found)")
        }
    }

    @Test(arguments: MelPrecision.allCases) func noiseAgreesWithADirectTransform(precision: MelPrecision) {
        var state: UInt64 = 7
        let samples = (0..<3_200).map { _ -> Float in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int32(truncatingIfNeeded: state >> 33)) / Float(Int32.max) * 0.1
        }
        var frontEnd = LogMel(precision: precision)
        let block = frontEnd.append(samples)
        #expect(block.count == 19)
        let reference = ReferenceMel(rounded: precision == .bfloat16)
        for frame in [0, 7, 18] {
            let expected = reference.features(Array(samples[frame * 160..<frame * 160 + 320]))
            for band in 0..<64 {
                #expect(abs(Double(block.values[frame * 64 + band]) - expected[band]) < 1e-4)
            }
        }
    }

    @Test func digitalSilenceLiesOnTheFloor() {
        var frontEnd = LogMel()
        let block = frontEnd.append([Float](repeating: 0, count: 16_000))
        #expect(block.values.allSatisfy { abs($0 - -20.7233) < 1e-4 })
        #expect(block.levels.allSatisfy { $0 <= -119 })
    }

    @Test(arguments: [(0, 0), (100, 0), (319, 0), (320, 1), (479, 1), (480, 2), (3_200, 19), (64_000, 399)])
    func framesAreCountedWithoutPadding(samples: Int, frames: Int) {
        var frontEnd = LogMel()
        #expect(frontEnd.append([Float](repeating: 0.1, count: samples)).count == frames)
        #expect(ModelGeometry.gigaAM.featureFrames(samples: samples) == frames)
    }

    @Test(arguments: [1, 7, 159, 160, 161, 320, 4_801])
    func framesDoNotDependOnTheBlocks(size: Int) {
        let samples = (0..<9_000).map { Float(sin(Double($0 * $0) * 1e-4)) }
        var whole = LogMel()
        let expected = whole.append(samples)
        var piecewise = LogMel()
        var values: [Float] = []
        var levels: [Float] = []
        for start in stride(from: 0, to: samples.count, by: size) {
            let block = piecewise.append(Array(samples[start..<min(start + size, samples.count)]))
            values += block.values
            levels += block.levels
        }
        #expect(values == expected.values)
        #expect(levels == expected.levels)
    }

    @Test func theLevelOfAFullScaleSquareWaveInTheSpeechBandIsNearZero() {
        var frontEnd = LogMel()
        let block = frontEnd.append((0..<16_000).map { ($0 / 16) % 2 == 0 ? 1 : -1 })
        #expect(block.levels.allSatisfy { abs($0) < 0.6 })
    }

    @Test(arguments: [(1, 1), (4, 1), (5, 2), (19, 5), (99, 25), (149, 38), (399, 100), (2_399, 600)])
    func encoderFramesFollowTheTwoStrides(features: Int, frames: Int) {
        #expect(ModelGeometry.gigaAM.encoderFrames(features: features) == frames)
    }
}

/// Textbook formulas in 64-bit: window, discrete Fourier transform, triangles, logarithm.
struct ReferenceMel {
    let rounded: Bool

    private func constant(_ value: Double) -> Double {
        guard rounded else { return Double(Float(value)) }
        let bits = Float(value).bitPattern
        let upper = UInt64(bits) + 0x7FFF + UInt64((bits >> 16) & 1)
        return Double(Float(bitPattern: UInt32(upper) & 0xFFFF_0000))
    }

    func features(_ frame: [Float]) -> [Double] {
        let windowed = frame.enumerated().map { n, x in
            Double(x) * constant(0.5 - 0.5 * cos(2 * .pi * Double(n) / 320))
        }
        let power = (0...160).map { k -> Double in
            var real = 0.0
            var imaginary = 0.0
            for n in 0..<320 {
                real += windowed[n] * cos(2 * .pi * Double(k * n) / 320)
                imaginary -= windowed[n] * sin(2 * .pi * Double(k * n) / 320)
            }
            return real * real + imaginary * imaginary
        }
        let top = 2595 * log10(1 + 8000.0 / 700)
        let hertz = (0..<66).map { 700 * (pow(10, top * Double($0) / 65 / 2595) - 1) }
        return (0..<64).map { band in
            var energy = 0.0
            for k in 0...160 {
                let f = Double(k) * 50
                let rise = (f - hertz[band]) / (hertz[band + 1] - hertz[band])
                let fall = (hertz[band + 2] - f) / (hertz[band + 2] - hertz[band + 1])
                energy += constant(max(0, min(rise, fall))) * power[k]
            }
            return log(min(max(energy, 1e-9), 1e9))
        }
    }
}
