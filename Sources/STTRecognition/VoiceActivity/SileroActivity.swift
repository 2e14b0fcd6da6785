package import Foundation
import OnnxRuntime

/// Voice activity by Silero VAD v5: a probability for every 32 ms.
///
/// The model reads 64 samples of the past in front of each 512; without them its probabilities are poor.
package struct SileroActivity: VoiceActivity {
    private static let frameLength = 512
    private static let contextLength = 64
    /// Samples that the model reads in a run.
    static let inputLength = contextLength + frameLength
    /// The segmenter's threshold is ½: probabilities are rescaled so that the user's threshold lies there.
    private let threshold: Float

    private let model: SileroModel
    private let geometry: ModelGeometry
    private var state: Tensor
    private var context = [Float](repeating: 0, count: contextLength)
    private var pending: [Float] = []
    private var probabilities: [Float] = []  // of the model's frames from `firstFrame` on
    private var firstFrame = 0
    private var frameCount = 0  // feature frames that have features
    private var decidedFrames = 0

    /// Loads the model and runs it once. `threshold` is a probability, 0…1; values outside 0.01…0.99 count as the nearest inside. Throws `GigaSTTError` with `modelMissing`, `modelDamaged` or `modelUnsupported`.
    package init(contentsOf url: URL, threshold: Float = 0.5, geometry: ModelGeometry = .gigaAM) throws {
        self.geometry = geometry
        model = try SileroModel(contentsOf: url)
        state = try model.initialState()
        self.threshold = min(max(threshold, 0.01), 0.99)
    }

    package func runsModel(appending sampleCount: Int?) -> Bool {
        sampleCount.map { pending.count + $0 >= Self.frameLength } ?? true
    }

    package mutating func append(_ samples: [Float], levels: [Float]) throws -> [Float] {
        frameCount += levels.count
        pending += samples
        var start = 0
        while pending.count - start >= Self.frameLength {
            try evaluate(Array(pending[start..<start + Self.frameLength]))
            start += Self.frameLength
        }
        pending.removeFirst(start)
        return decide()
    }

    /// The last samples are filled up with silence.
    package mutating func finish() throws -> [Float] {
        let rest = pending + [Float](repeating: 0, count: Self.frameLength - pending.count)
        pending = []
        try evaluate(rest)
        return decide()
    }

    private mutating func evaluate(_ frame: [Float]) throws {
        let (probability, next) = try model.run(context + frame, state: state)
        state = next
        context = Array(frame.suffix(Self.contextLength))
        probabilities.append(rescale(probability))
    }

    private func rescale(_ probability: Float) -> Float {
        probability < threshold
            ? 0.5 * probability / threshold : 0.5 + 0.5 * (probability - threshold) / (1 - threshold)
    }

    /// The probabilities of feature frames: that of the frame of the model which covers their middle.
    private mutating func decide() -> [Float] {
        var decided: [Float] = []
        while decidedFrames < frameCount {
            let middle = decidedFrames * geometry.hop + geometry.analysisLength / 2
            let index = middle / Self.frameLength - firstFrame
            guard index < probabilities.count else { break }
            decided.append(probabilities[index])
            decidedFrames += 1
            probabilities.removeFirst(index)
            firstFrame += index
        }
        return decided
    }
}
