package import Foundation
package import STTValues

/// From the mean probability of a word's tokens to how often such words are right (Platt 1999): a straight line in
/// log-odds, so that the order of words stays.
package struct ConfidenceCalibration: Sendable, Hashable, Codable {
    /// In the folder of a model: an object with a calibration for each head, by its name.
    package static let fileName = "confidence.json"
    /// Confidences are kept this far from 0 and 1, whose log-odds are infinite.
    private static let margin = 1e-6

    /// Above 0. Below 1, confidences are moved away from 0 and 1.
    package let slope: Double
    package let offset: Double

    /// Leaves confidences as they are.
    package static let identity = ConfidenceCalibration(slope: 1, offset: 0)

    package init(slope: Double, offset: Double) { (self.slope, self.offset) = (slope, offset) }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        slope = try values.decode(Double.self, forKey: .slope)
        offset = try values.decode(Double.self, forKey: .offset)
        guard slope.isFinite, slope > 0, offset.isFinite else {
            throw DecodingError.dataCorruptedError(
                forKey: .slope, in: values, debugDescription: "slope is not above 0, or a number is not finite")
        }
    }

    /// The calibration of a head; `nil` when the folder has no file, or the file none for this head.
    ///
    /// Throws `modelDamaged` for a file that cannot be read.
    package init?(in folder: URL, for head: RecognitionHead) throws(GigaSTTError) {
        let url = folder.appendingPathComponent(Self.fileName)
        guard FileManager.default.fileExists(atPath: url.path) else { return nil }
        do {
            let all = try JSONDecoder().decode([String: Self].self, from: Data(contentsOf: url))
            guard let own = all[head.rawValue] else { return nil }
            self = own
        } catch {
            throw GigaSTTError(
                .modelDamaged, "\(Self.fileName) cannot be read. Fit it again, or remove it to keep raw confidences.",
                detail: "\(error)")
        }
    }

    /// The confidence of a word.
    package func callAsFunction(_ confidence: Float) -> Float {
        if self == .identity { return confidence }
        return Float(1 / (1 + exp(-(slope * Self.logOdds(Double(confidence)) + offset))))
    }

    /// The logarithm of the odds of a probability.
    package static func logOdds(_ probability: Double) -> Double {
        // Not a number counts as 0.
        let probability = max(margin, min(1 - margin, probability.isNaN ? 0 : probability))
        return log(probability / (1 - probability))
    }
}
