import Foundation

/// The filter-bank features of Kaldi that speaker models of the WeSpeaker family read (`compute-fbank-feats` with
/// `--num-mel-bins=80 --window-type=hamming --dither=0`): samples in the range of 16-bit integers, 25 ms frames every
/// 10 ms without padding, mean removed, pre-emphasis 0.97, FFT of 512, power, 80 triangles from 20 Hz to 8 kHz.
///
/// The mean over a window is not subtracted here: windows overlap. The state is 6 KB.
package struct KaldiFbank: FrontEnd {
    package var geometry: ModelGeometry { .weSpeaker }

    private static let transformLength = 512
    private static let preEmphasis: Float = 0.97
    private static let sampleScale: Float = 32_768
    private static let lowestFrequency = 20.0
    /// Energies below the smallest step of a float are raised to it, as in Kaldi.
    private static let energyRange = Float.ulpOfOne...Float.greatestFiniteMagnitude
    private static let fresh = KaldiFbank(making: ())

    private let filterBank: MelFilterBank
    private var spectrum: PowerSpectrum
    private var frame = [Float](repeating: 0, count: transformLength)
    private var power: [Float]
    private var pending: [Float] = []  // fewer than one frame between calls

    /// A front end at its first sample.
    package init() { self = Self.fresh }

    private init(making: Void) {
        let geometry = ModelGeometry.weSpeaker
        let last = Double(geometry.analysisLength - 1)
        let window = (0..<Self.transformLength).map { index in
            index < geometry.analysisLength ? Float(0.54 - 0.46 * cos(2 * .pi * Double(index) / last)) : 0
        }
        spectrum = PowerSpectrum(window: window, radices: [4, 4, 4, 4])
        power = [Float](repeating: 0, count: spectrum.binCount)
        let (low, high) = (Self.mel(Self.lowestFrequency), Self.mel(Double(geometry.sampleRate) / 2))
        let step = (high - low) / Double(geometry.bandCount + 1)
        filterBank = MelFilterBank(
            edges: (0..<geometry.bandCount + 2).map { low + step * Double($0) },
            // Kaldi leaves the bin of half the sample rate out.
            binCount: Self.transformLength / 2,
            binWidth: Double(geometry.sampleRate) / Double(Self.transformLength), scale: Self.mel)
    }

    private static func mel(_ frequency: Double) -> Double { 1127 * log(1 + frequency / 700) }

    /// Takes samples (16 kHz, mono, −1…1) and returns the frames that they complete, possibly none.
    package mutating func append(_ samples: [Float]) -> FeatureBlock {
        pending.append(contentsOf: samples)
        let count = geometry.featureFrames(samples: pending.count)
        var block = FeatureBlock()
        guard count > 0 else { return block }
        block.values = [Float](repeating: 0, count: count * geometry.bandCount)
        block.levels = [Float](repeating: 0, count: count)
        for index in 0..<count { compute(index, into: &block) }
        pending.removeFirst(count * geometry.hop)
        return block
    }

    private mutating func compute(_ index: Int, into block: inout FeatureBlock) {
        let length = geometry.analysisLength
        let start = index * geometry.hop
        var mean: Float = 0
        for offset in 0..<length { mean += pending[start + offset] }
        mean /= Float(length)
        var previous = pending[start] - mean
        for offset in 0..<length {
            let sample = pending[start + offset] - mean
            frame[offset] = (sample - Self.preEmphasis * previous) * Self.sampleScale
            previous = sample
        }
        frame.withUnsafeBufferPointer { frame in
            power.withUnsafeMutableBufferPointer { power in
                guard let source = frame.baseAddress, let target = power.baseAddress else { return }
                spectrum.run(source, into: target)
            }
        }
        block.values.withUnsafeMutableBufferPointer { values in
            filterBank.apply(
                power, to: values, from: index * geometry.bandCount, clamping: Self.energyRange)
        }
    }
}
