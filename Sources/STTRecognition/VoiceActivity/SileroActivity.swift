package import Foundation
import OnnxRuntime
import STTFeatures

/// Voice activity by Silero VAD v5: a probability for every 32 ms.
///
/// The model reads 64 samples of the past in front of each 512; without them its answers are poor.
package struct SileroActivity: VoiceActivity {
    private static let frameLength = 512
    private static let contextLength = 64
    /// The segmenter's threshold is ½: answers are bent so that the user's threshold lies there.
    private let threshold: Float

    private let model: SileroModel
    private var state: Tensor
    private var context = [Float](repeating: 0, count: contextLength)
    private var pending: [Float] = []
    private var answers: [Float] = []  // of Silero's frames from `firstAnswer` on
    private var firstAnswer = 0
    private var frameCount = 0  // feature frames that have features
    private var decidedFrames = 0

    /// Loads the model. Throws `GigaSTTError` with `modelMissing`, `modelDamaged` or `modelUnsupported`.
    package init(contentsOf url: URL, threshold: Float = 0.5) throws {
        model = try SileroModel(contentsOf: url)
        state = try model.initialState()
        self.threshold = min(max(threshold, 0.01), 0.99)
    }

    package var isModel: Bool { true }

    package mutating func append(_ samples: [Float], levels: [Float]) throws -> [Float] {
        frameCount += levels.count
        pending += samples
        var start = 0
        while pending.count - start >= Self.frameLength {
            try ask(Array(pending[start..<start + Self.frameLength]))
            start += Self.frameLength
        }
        pending.removeFirst(start)
        return decide()
    }

    /// The last samples are filled up with silence.
    package mutating func finish() throws -> [Float] {
        let rest = pending + [Float](repeating: 0, count: Self.frameLength - pending.count)
        pending = []
        try ask(rest)
        return decide()
    }

    private mutating func ask(_ frame: [Float]) throws {
        let (probability, next) = try model.run(context + frame, state: state)
        state = next
        context = Array(frame.suffix(Self.contextLength))
        answers.append(bend(probability))
    }

    private func bend(_ probability: Float) -> Float {
        probability < threshold
            ? 0.5 * probability / threshold : 0.5 + 0.5 * (probability - threshold) / (1 - threshold)
    }

    /// Hands out answers for feature frames: the answer that covers the middle of the frame.
    private mutating func decide() -> [Float] {
        var decided: [Float] = []
        while decidedFrames < frameCount {
            let middle = decidedFrames * FrameGeometry.hop + FrameGeometry.analysisLength / 2
            let index = middle / Self.frameLength - firstAnswer
            guard index < answers.count else { break }
            decided.append(answers[index])
            decidedFrames += 1
            answers.removeFirst(index)
            firstAnswer += index
        }
        return decided
    }
}
