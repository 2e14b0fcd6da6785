import Foundation

/// Power spectrum of one windowed frame: a complex Stockham FFT over the samples taken in pairs, then split into the bins
/// of the real signal. About 1 µs a frame of 320 samples.
struct PowerSpectrum: Sendable {
    typealias Complex = SIMD2<Float>

    /// Samples of a frame.
    let length: Int
    /// Bins of the result: 0 Hz to half the sample rate.
    var binCount: Int { length / 2 + 1 }

    private struct Stage: Sendable {
        let radix: Int
        let groups: Int  // twiddle sets
        let stride: Int
        let twiddles: [Complex]  // radix − 1 per group
    }

    private let window: [Float]
    private let stages: [Stage]
    private let split: [Complex]
    private var front: [Complex]
    private var back: [Complex]

    /// The spectrum of GigaAM: 320 samples in a periodic Hann window, ½ − ½·cos(2πn/320).
    init(precision: MelPrecision) {
        let length = ModelGeometry.gigaAM.analysisLength
        let window = (0..<length).map {
            precision.round(Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(length))))
        }
        self.init(window: window, radices: [4, 4, 2, 5])
    }

    /// A spectrum of as many samples as the window has; the radices (2, 4 or 5) multiply to half of that.
    init(window: [Float], radices: [Int]) {
        self.window = window
        length = window.count
        front = [Complex](repeating: .zero, count: window.count / 2)
        back = front
        split = (0...window.count / 2).map { Self.unit(-2 * .pi * Double($0) / Double(window.count)) }
        var stages: [Stage] = []
        var rest = window.count / 2
        var stride = 1
        for radix in radices {
            let groups = rest / radix
            let twiddles = (0..<groups).flatMap { group in
                (1..<radix).map { Self.unit(-2 * .pi * Double(group * $0) / Double(rest)) }
            }
            stages.append(Stage(radix: radix, groups: groups, stride: stride, twiddles: twiddles))
            rest = groups
            stride *= radix
        }
        self.stages = stages
    }

    /// Writes |X|² of the `length` samples at `samples` into the `binCount` floats at `power`.
    mutating func run(_ samples: UnsafePointer<Float>, into power: UnsafeMutablePointer<Float>) {
        for i in front.indices {
            front[i] = Complex(samples[2 * i] * window[2 * i], samples[2 * i + 1] * window[2 * i + 1])
        }
        for stage in stages {
            front.withUnsafeBufferPointer { source in
                back.withUnsafeMutableBufferPointer { target in Self.run(stage, source, target) }
            }
            swap(&front, &back)
        }
        // Z[k] of the pairs → X[k] = (Z[k] + Z*[M−k])/2 + e^{−2πik/N}·(Z[k] − Z*[M−k])/2i
        let half = length / 2
        for k in 0...half {
            let z = front[k == half ? 0 : k]
            let mirrored = front[k == 0 ? 0 : half - k] * Complex(1, -1)
            let bin = (z + mirrored) * 0.5 + Self.product(Self.timesMinusI(z - mirrored) * 0.5, split[k])
            power[k] = bin.x * bin.x + bin.y * bin.y
        }
    }

    private static func run(
        _ stage: Stage, _ source: UnsafeBufferPointer<Complex>, _ target: UnsafeMutableBufferPointer<Complex>
    ) {
        stage.twiddles.withUnsafeBufferPointer { twiddles in
            for group in 0..<stage.groups {
                for offset in 0..<stage.stride {
                    let input = { source[offset + stage.stride * (group + $0 * stage.groups)] }
                    let output = offset + stage.stride * stage.radix * group
                    let store = { (index: Int, value: Complex) in
                        let turned =
                            index == 0 ? value : product(value, twiddles[group * (stage.radix - 1) + index - 1])
                        target[output + index * stage.stride] = turned
                    }
                    switch stage.radix {
                    case 2: butterfly2(input, store)
                    case 4: butterfly4(input, store)
                    default: butterfly5(input, store)
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func butterfly2(_ input: (Int) -> Complex, _ store: (Int, Complex) -> Void) {
        let (a, b) = (input(0), input(1))
        store(0, a + b)
        store(1, a - b)
    }

    @inline(__always)
    private static func butterfly4(_ input: (Int) -> Complex, _ store: (Int, Complex) -> Void) {
        let (a, b, c, d) = (input(0), input(1), input(2), input(3))
        let turned = timesMinusI(b - d)
        store(0, a + c + (b + d))
        store(1, a - c + turned)
        store(2, a + c - (b + d))
        store(3, a - c - turned)
    }

    @inline(__always)
    private static func butterfly5(_ input: (Int) -> Complex, _ store: (Int, Complex) -> Void) {
        // cos and sin of 2π/5 and 4π/5
        let (cos1, cos2): (Float, Float) = (0.309_016_994, -0.809_016_994)
        let (sin1, sin2): (Float, Float) = (0.951_056_516, 0.587_785_252)
        let z = input(0)
        let (sum1, sum2) = (input(1) + input(4), input(2) + input(3))
        let (difference1, difference2) = (input(1) - input(4), input(2) - input(3))
        let real1 = z + sum1 * cos1 + sum2 * cos2
        let real2 = z + sum1 * cos2 + sum2 * cos1
        let imaginary1 = timesMinusI(difference1 * sin1 + difference2 * sin2)
        let imaginary2 = timesMinusI(difference1 * sin2 - difference2 * sin1)
        store(0, z + sum1 + sum2)
        store(1, real1 + imaginary1)
        store(2, real2 + imaginary2)
        store(3, real2 - imaginary2)
        store(4, real1 - imaginary1)
    }

    @inline(__always)
    private static func product(_ a: Complex, _ b: Complex) -> Complex {
        Complex(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x)
    }
    @inline(__always)
    private static func timesMinusI(_ a: Complex) -> Complex { Complex(a.y, -a.x) }
    private static func unit(_ angle: Double) -> Complex { Complex(Float(cos(angle)), Float(sin(angle))) }
}
