import Foundation

/// Triangles over the bins of a spectrum, stored as one run of weights per band.
struct MelFilterBank: Sendable {
    /// First spectrum bin of each band.
    let starts: [Int]
    /// Where the weights of band *b* begin; one more entry than bands.
    let offsets: [Int]
    let weights: [Float]

    /// GigaAM: 64 triangles on the HTK mel scale over 0…8000 Hz, without area normalisation (torchaudio
    /// `mel_scale="htk"`, `norm=None`).
    init(precision: MelPrecision) {
        let geometry = ModelGeometry.gigaAM
        self.init(
            edges: Self.edges(), binCount: geometry.analysisLength / 2 + 1,
            binWidth: Double(geometry.sampleRate) / Double(geometry.analysisLength), rounding: precision.round)
    }

    /// A triangle for each three neighbours of `edges`, which rises and falls linearly on their scale.
    ///
    /// - Parameters:
    ///   - binWidth: Hz from bin to bin.
    ///   - scale: From Hz to the scale of the edges.
    ///   - rounding: Applied to each weight.
    init(
        edges: [Double], binCount: Int, binWidth: Double, scale: (Double) -> Double = { $0 },
        rounding: (Float) -> Float = { $0 }
    ) {
        var starts: [Int] = []
        var offsets = [0]
        var weights: [Float] = []
        for band in 0..<edges.count - 2 {
            let (low, centre, high) = (edges[band], edges[band + 1], edges[band + 2])
            var first: Int?
            for bin in 0..<binCount {
                let frequency = scale(Double(bin) * binWidth)
                let weight = min((frequency - low) / (centre - low), (high - frequency) / (high - centre))
                guard weight > 0 else { continue }
                first = first ?? bin
                weights.append(rounding(Float(weight)))
            }
            starts.append(first ?? 0)
            offsets.append(weights.count)
        }
        self.starts = starts
        self.offsets = offsets
        self.weights = weights
    }

    /// 66 frequencies in Hz, equally spaced in mel: m(f) = 2595·log10(1 + f/700).
    private static func edges() -> [Double] {
        let top = 2595 * log10(1 + Double(ModelGeometry.gigaAM.sampleRate) / 2 / 700)
        let count = ModelGeometry.gigaAM.bandCount + 1
        return (0...count).map { 700 * (pow(10, top * Double($0) / Double(count) / 2595) - 1) }
    }
}
