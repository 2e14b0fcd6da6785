import Foundation
import STTRecognition

/// Fits a calibration to judged words: logistic regression on log-odds by Newton's method (Platt 1999), with the targets
/// of Lin, Lin and Weng (2007), which keep it finite where no word is wrong.
enum CalibrationFit {
    /// The least slope: the order of words must stay.
    static let leastSlope = 0.01

    /// The calibration with the greatest likelihood; `identity` without words.
    static func fit(_ words: [JudgedWord]) -> ConfidenceCalibration {
        guard !words.isEmpty else { return .identity }
        let right = Double(words.count { $0.isRight })
        let wrong = Double(words.count) - right
        let (high, low) = ((right + 1) / (right + 2), 1 / (wrong + 2))
        let points = words.map {
            (x: ConfidenceCalibration.logOdds($0.confidence), target: $0.isRight ? high : low)
        }
        func loss(_ slope: Double, _ offset: Double) -> Double {
            points.reduce(0) { sum, point in
                let value = slope * point.x + offset
                // log(1 + e^v) − t·v, without overflow.
                return sum + max(value, 0) + log1p(exp(-abs(value))) - point.target * value
            }
        }
        var (slope, offset) = (1.0, 0.0)
        var best = loss(slope, offset)
        for _ in 0..<100 {
            // Gradient and Hessian of the loss.
            var (a, b) = (0.0, 0.0)
            var (aa, ab, bb) = (1e-9, 0.0, 1e-9)
            for point in points {
                let probability = 1 / (1 + exp(-(slope * point.x + offset)))
                let (error, weight) = (probability - point.target, probability * (1 - probability))
                a += error * point.x
                b += error
                aa += weight * point.x * point.x
                ab += weight * point.x
                bb += weight
            }
            let determinant = aa * bb - ab * ab
            guard determinant > 0 else { break }
            let step = ((bb * a - ab * b) / determinant, (aa * b - ab * a) / determinant)
            var share = 1.0
            var next = (slope, offset, best)
            while share > 1e-6 {
                let candidate = (max(leastSlope, slope - share * step.0), offset - share * step.1)
                let value = loss(candidate.0, candidate.1)
                if value < best {
                    next = (candidate.0, candidate.1, value)
                    break
                }
                share /= 2
            }
            guard best - next.2 > 1e-9 else { break }
            (slope, offset, best) = next
        }
        return ConfidenceCalibration(slope: slope, offset: offset)
    }
}
