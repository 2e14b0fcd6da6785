import Foundation

/// The front end: samples in, feature frames out, computed once as audio arrives.
///
/// Frame *t* covers samples 160·t ..< 160·t + 320 from the first sample ever appended; there is no padding, so
/// the frames do not depend on how the samples were cut into blocks. About 2 µs a frame; the state is 4 KB.
package struct LogMel: FrontEnd {
    package var geometry: ModelGeometry { Self.geometry }
    private static let geometry = ModelGeometry.gigaAM
    /// Energies are clamped to this range before the logarithm (GigaAM's own front end).
    private static let energyRange: ClosedRange<Float> = 1e-9...1e9
    /// Bins 3…80 are 150…4000 Hz, 50 Hz apart.
    private static let speechBins = 3...80

    private let filterBank: MelFilterBank
    private var spectrum: PowerSpectrum
    private var power: [Float]
    private var pending: [Float] = []  // fewer than one analysis frame between calls

    // Made once: the tables of all streams are the same arrays.
    private static let fresh = [MelPrecision.float32, .bfloat16].map { LogMel(making: $0) }

    /// A front end at its first sample.
    package init(precision: MelPrecision = .float32) {
        self = precision == .float32 ? Self.fresh[0] : Self.fresh[1]
    }

    private init(making precision: MelPrecision) {
        filterBank = MelFilterBank(precision: precision)
        spectrum = PowerSpectrum(precision: precision)
        power = [Float](repeating: 0, count: spectrum.binCount)
    }

    /// Takes samples (16 kHz, mono, −1…1) and returns the frames that they complete, possibly none.
    package mutating func append(_ samples: [Float]) -> FeatureBlock {
        pending.append(contentsOf: samples)
        let count = geometry.featureFrames(samples: pending.count)
        var block = FeatureBlock()
        guard count > 0 else { return block }
        block.values = [Float](repeating: 0, count: count * Self.geometry.bandCount)
        block.levels = [Float](repeating: 0, count: count)
        for frame in 0..<count { compute(frame, into: &block) }
        pending.removeFirst(count * Self.geometry.hop)
        return block
    }

    private mutating func compute(_ frame: Int, into block: inout FeatureBlock) {
        pending.withUnsafeBufferPointer { samples in
            power.withUnsafeMutableBufferPointer { power in
                guard let source = samples.baseAddress, let target = power.baseAddress else { return }
                spectrum.run(source + frame * Self.geometry.hop, into: target)
            }
        }
        block.levels[frame] = level()
        block.values.withUnsafeMutableBufferPointer { values in
            filterBank.apply(power, to: values, from: frame * Self.geometry.bandCount, clamping: Self.energyRange)
        }
    }

    /// By Parseval, the bins of a frame sum to N/2 · Σ window² · mean square = 160 · 120 · mean square.
    private func level() -> Float {
        var energy: Float = 0
        for bin in Self.speechBins { energy += power[bin] }
        return 10 * log10f(max(energy / 19_200, 1e-12))
    }
}

extension MelFilterBank {
    /// Writes the logarithms of the band energies of `power` to `values[index...]`.
    @inline(__always)
    func apply(
        _ power: [Float], to values: UnsafeMutableBufferPointer<Float>, from index: Int,
        clamping range: ClosedRange<Float>
    ) {
        weights.withUnsafeBufferPointer { weights in
            power.withUnsafeBufferPointer { power in
                for band in starts.indices {
                    let first = offsets[band]
                    var energy: Float = 0
                    for i in first..<offsets[band + 1] { energy += weights[i] * power[starts[band] + i - first] }
                    values[index + band] = logf(min(max(energy, range.lowerBound), range.upperBound))
                }
            }
        }
    }
}
