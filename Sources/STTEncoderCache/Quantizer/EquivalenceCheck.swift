package import Foundation
import OnnxRuntime

/// Compares encoders with their source on made-up speech: a graph that was misunderstood computes something else.
package struct EquivalenceCheck {
    private let environment: OrtEnvironment
    private let expected: (values: [Float], frameCount: Int)

    /// Largest difference of the layout in floats from its source, relative to what changes over time. Another order of
    /// sums makes 1e-6 to 1e-5 of it; a wrong factor in one layer 1e-2.
    static let largestDifference = 1e-3
    /// Least similarity of the quantised form. With the random weights of a full-size encoder a right graph reaches 0.956
    /// to 0.978, with a lost layer 0.60. Trained weights have larger outliers and may come lower.
    static let leastSimilarity = 0.8
    /// That of halves, as the processor runs them: with weights that are rounded, and all else in floats. A right graph
    /// reaches 0.999 999 8, with random weights of full size 0.999 94.
    static let leastSimilarityOfHalves = 0.999
    private static let frameCount = 400
    private static let bandCount = 64

    /// Runs the source. Takes memory as the source does when it runs.
    ///
    /// Throws `notEqual` when it cannot be run.
    package init(of source: URL) throws(QuantizeError) {
        do throws(OrtError) {
            environment = try OrtEnvironment.shared()
        } catch {
            throw Self.notEqual(error.detail)
        }
        expected = try Self.encoded(by: source, environment)
    }

    /// Checks the source laid out anew, in floats: nothing but the order of sums differs. Throws `notEqual`.
    func requireSameFunction(_ layout: URL) throws(QuantizeError) {
        let found = try Self.encoded(by: layout, environment)
        let difference = Self.difference(expected.values, found.values, frameCount: expected.frameCount)
        guard expected.frameCount == found.frameCount, difference <= Self.largestDifference else {
            throw Self.notEqual("\(found.frameCount) of \(expected.frameCount) frames, difference \(difference)")
        }
    }

    /// Checks the quantised form and returns its similarity, 0…1. `isPacked` when its weights are stored as the kernels
    /// want them. Throws `notEqual`.
    func similarity(
        of result: URL, isPacked: Bool, least: Double = leastSimilarity
    ) throws(QuantizeError) -> Double {
        let found = try Self.encoded(by: result, isPacked: isPacked, environment)
        let similarity = Self.similarity(expected.values, found.values, frameCount: expected.frameCount)
        guard expected.frameCount == found.frameCount, similarity >= least else {
            throw Self.notEqual("\(found.frameCount) of \(expected.frameCount) frames, similarity \(similarity)")
        }
        return similarity
    }

    /// Root of the mean square of the difference, relative to that of what changes over time in `first`.
    ///
    /// - Parameters: values: `[channel, frame]`.
    static func difference(_ first: [Float], _ second: [Float], frameCount: Int) -> Double {
        guard first.count == second.count, frameCount > 0 else { return .infinity }
        var (error, change) = (0.0, 0.0)
        for start in stride(from: 0, to: first.count - frameCount + 1, by: frameCount) {
            let row = first[start..<start + frameCount]
            let mean = row.reduce(0.0) { $0 + Double($1) } / Double(frameCount)
            for (x, y) in zip(row, second[start..<start + frameCount]) {
                error += (Double(x) - Double(y)) * (Double(x) - Double(y))
                change += (Double(x) - mean) * (Double(x) - mean)
            }
        }
        guard error.isFinite, change > 0 else { return error == 0 ? 0 : .infinity }
        return (error / change).squareRoot()
    }

    /// Cosine of what changes over time, channel by channel: the rest is much the same for any input.
    ///
    /// - Parameters: values: `[channel, frame]`.
    static func similarity(_ first: [Float], _ second: [Float], frameCount: Int) -> Double {
        guard first.count == second.count, frameCount > 0 else { return 0 }
        var (product, a, b) = (0.0, 0.0, 0.0)
        for start in stride(from: 0, to: first.count - frameCount + 1, by: frameCount) {
            let (x, y) = (first[start..<start + frameCount], second[start..<start + frameCount])
            let means = [x, y].map { $0.reduce(0.0) { $0 + Double($1) } / Double(frameCount) }
            for (x, y) in zip(x, y) {
                product += (Double(x) - means[0]) * (Double(y) - means[1])
                a += (Double(x) - means[0]) * (Double(x) - means[0])
                b += (Double(y) - means[1]) * (Double(y) - means[1])
            }
        }
        return a > 0 && b > 0 ? product / (a * b).squareRoot() : (a == b ? 1 : 0)
    }

    /// Some features and what an encoder makes of them, frame by frame, for a test of kernels. Throws `notEqual`.
    static func sample(of model: URL, in environment: OrtEnvironment) throws(QuantizeError) -> PackedEncoder.Sample {
        let count = 128
        let encoded = try encoded(by: model, isPacked: true, featureCount: count, environment)
        let (values, frames) = (encoded.values, encoded.frameCount)
        let channels = values.count / max(1, frames)
        return PackedEncoder.Sample(
            features: (0..<count * bandCount).map { feature($0 % bandCount, $0 / bandCount) },
            encoded: (0..<values.count).map { values[$0 % channels * frames + $0 / channels] }, frameCount: count)
    }

    private static func encoded(
        by model: URL, isPacked: Bool = false, featureCount frameCount: Int = frameCount,
        _ environment: OrtEnvironment
    ) throws(QuantizeError) -> (values: [Float], frameCount: Int) {
        do throws(OrtError) {
            // Weights that are packed for speed are there twice for a while; one run is not worth that.
            var options = SessionOptions()
            if !isPacked { options.settings["session.disable_prepacking"] = "1" }
            let session = try OrtSession(.file(model.path), options: options, in: environment)
            let features = try Tensor(shape: [1, bandCount, frameCount], of: Float.self, in: environment) { target in
                for band in 0..<bandCount {
                    for frame in 0..<frameCount { target[band * frameCount + frame] = feature(band, frame) }
                }
            }
            let length = try Tensor(shape: [1], of: Int64.self, in: environment) { $0[0] = Int64(frameCount) }
            let outputs = try session.run([features, length])
            if outputs.count >= 2, outputs[0].shape.count == 3 {
                return (try outputs[0].withElements { Array($0) }, outputs[0].shape[2])
            }
            throw OrtError(.wrongType, "The output has an unexpected form.", detail: "\(outputs.map(\.shape))")
        } catch {
            throw notEqual(error.detail)
        }
    }

    /// Log-mel like that of speech: a few moving peaks, three syllables a second, quiet in between.
    private static func feature(_ band: Int, _ frame: Int) -> Float {
        let (band, time) = (Double(band), Double(frame) / 100)
        let peaks = [8 + 4 * sin(2.1 * time), 22 + 7 * sin(3.7 * time + 1), 40 + 6 * cos(1.3 * time)]
        let shape = peaks.map { exp(-pow((band - $0) / 4, 2)) }.reduce(0, +)
        let loudness = max(0, sin(2 * .pi * 1.5 * time)) + 0.3 * max(0, sin(2 * .pi * 0.4 * time))
        return Float(-14 + 9 * loudness * shape + 1.5 * sin(12.9 * band + 78.2 * time))
    }

    private static func notEqual(_ detail: String) -> QuantizeError {
        QuantizeError(
            .notEqual,
            "The new encoder does not compute what its source does, and was deleted. The source can be used as it "
                + "is.",
            detail: detail)
    }
}
