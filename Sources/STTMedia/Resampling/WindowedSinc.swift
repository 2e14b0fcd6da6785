import Foundation

/// A low-pass filter as a continuous function of time: a sinc within a Kaiser window.
///
/// Formulas: A. V. Oppenheim, R. W. Schafer, *Discrete-Time Signal Processing*, chapter 7, design with Kaiser windows.
struct WindowedSinc: Sendable {
    /// The function is zero further than this from its centre, in samples.
    let halfWidth: Double
    private let cutOff: Double
    private let beta: Double
    private let peak: Double

    /// Frequencies are fractions of the sample rate.
    ///
    /// - Parameters:
    ///   - cutOff: the middle of the transition from pass band to stop band.
    ///   - transition: the width of it.
    ///   - attenuation: of the stop band in dB, more than 50.
    init(cutOff: Double, transition: Double, attenuation: Double) {
        self.cutOff = cutOff
        halfWidth = (attenuation - 7.95) / (2.285 * 2 * .pi * transition) / 2
        beta = 0.1102 * (attenuation - 8.7)
        peak = Self.bessel(beta)
    }

    /// The value at a distance from the centre, in samples; not normalised.
    func value(at distance: Double) -> Double {
        let place = distance / halfWidth
        guard abs(place) < 1 else { return 0 }
        let angle = 2 * .pi * cutOff * distance
        let sinc = angle == 0 ? 1 : sin(angle) / angle
        return sinc * Self.bessel(beta * (1 - place * place).squareRoot()) / peak
    }

    /// Modified Bessel function of the first kind, order 0, by its power series.
    private static func bessel(_ x: Double) -> Double {
        let quarter = x * x / 4
        var term = 1.0
        var sum = 1.0
        var index = 1.0
        while term > sum * 1e-12 {
            term *= quarter / (index * index)
            sum += term
            index += 1
        }
        return sum
    }
}
