package import Foundation
import OnnxRuntime

/// Compares a new encoder with its source on made-up speech: a graph that was misunderstood computes something else.
package struct ResultCheck {
    private let source: URL
    private let result: URL
    private let isResultPacked: Bool

    /// With the random weights of a full-size encoder a right graph reaches 0.956 to 0.978; with a lost layer 0.60, with
    /// another activation 0.85.
    static let leastLikeness = 0.9
    private static let frameCount = 400
    private static let bandCount = 64

    /// A comparison; `isResultPacked` when the new encoder's weights are stored as the kernels want them.
    package init(source: URL, result: URL, isResultPacked: Bool = false) {
        (self.source, self.result, self.isResultPacked) = (source, result, isResultPacked)
    }

    /// Throws `notEqual`. Takes memory as the source does when it runs.
    package func run() throws {
        do {
            let environment = try OrtEnvironment.shared()
            let expected = try encoded(by: source, environment)
            let values = try encoded(by: result, isPacked: isResultPacked, environment)
            let likeness = Self.likeness(expected.values, values.values, frameCount: expected.frameCount)
            guard expected.frameCount == values.frameCount, likeness >= Self.leastLikeness else {
                throw Self.notEqual("\(values.frameCount) of \(expected.frameCount) frames, likeness \(likeness)")
            }
        } catch let error as OrtError {
            throw Self.notEqual(error.detail)
        }
    }

    /// Cosine of what changes over time, channel by channel: the rest is much the same for any input.
    ///
    /// - Parameters: values: `[channel, frame]`.
    static func likeness(_ first: [Float], _ second: [Float], frameCount: Int) -> Double {
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

    private func encoded(
        by model: URL, isPacked: Bool = false, _ environment: OrtEnvironment
    ) throws -> (values: [Float], frameCount: Int) {
        // Weights that are packed for speed are there twice for a while; one run is not worth that.
        var options = SessionOptions()
        if !isPacked { options.settings["session.disable_prepacking"] = "1" }
        let session = try OrtSession(.file(model.path), options: options, in: environment)
        let features = try Tensor(
            shape: [1, Self.bandCount, Self.frameCount], of: Float.self, in: environment
        ) { target in
            for band in 0..<Self.bandCount {
                for frame in 0..<Self.frameCount { target[band * Self.frameCount + frame] = Self.feature(band, frame) }
            }
        }
        let length = try Tensor(shape: [1], of: Int64.self, in: environment) { $0[0] = Int64(Self.frameCount) }
        let outputs = try session.run([features, length])
        guard outputs.count >= 2, outputs[0].shape.count == 3 else { throw Self.notEqual("\(outputs.map(\.shape))") }
        return (try outputs[0].withElements { Array($0) }, outputs[0].shape[2])
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
            "The new encoder does not compute what its source does, and was thrown away. The source can be used as it "
                + "is.",
            detail: detail)
    }
}
