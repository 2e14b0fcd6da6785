import OnnxRuntime
import STTValues

/// Prediction network and joint through ONNX Runtime, one call per step of the search: the way for graphs that
/// `NativeTransducer` does not know.
struct OnnxTransducer: Sendable {
    private let environment: OrtEnvironment
    private let prediction: OrtSession
    private let joint: OrtSession
    private let hiddenSize: Int
    private let channelCount: Int
    private let blank: Int

    init(prediction: LoadedGraph, joint: LoadedGraph, encoderChannels: Int?, blank: Int) throws(GigaSTTError) {
        try prediction.require(
            inputs: [.integers(rank: 2), .floats(rank: 3), .floats(rank: 3)],
            outputs: [.floats(rank: 3), .floats(rank: 3), .floats(rank: 3)])
        try joint.require(inputs: [.floats(rank: 3), .floats(rank: 3)], outputs: [.floats(rank: 4)])
        hiddenSize = try prediction.fixedSize(ofAxis: 2, of: prediction.session.inputs[1])
        channelCount = try joint.fixedSize(ofAxis: 1, of: joint.session.inputs[0])
        guard try joint.size(ofAxis: 1, of: joint.session.inputs[1]) ?? hiddenSize == hiddenSize,
            encoderChannels ?? channelCount == channelCount
        else { throw joint.foreign }
        self.prediction = prediction.session
        self.joint = joint.session
        self.blank = blank
        environment = prediction.environment
    }

    /// Number of token scores the joint gives, found by running it once.
    func scoreCount() throws(OrtError) -> Int {
        let silence = try Tensor(shape: [1, channelCount], of: Float.self, in: environment) { _ in }
        let frames = EncodedFrames(frames: silence, frameCount: 1, channelCount: channelCount)
        // Token 0 is one that every model knows; the blank of another head's vocabulary may be none.
        return try run(joint: 0, of: frames, after: step(0, zeros(), zeros())).count
    }

    private func zeros() throws(OrtError) -> Tensor {
        try Tensor(shape: [1, 1, hiddenSize], of: Float.self, in: environment) { _ in }
    }

    private func step(_ token: Int, _ hidden: Tensor, _ cell: Tensor) throws(OrtError) -> Prediction {
        let token = try Tensor(shape: [1, 1], of: Int64.self, in: environment) { $0[0] = Int64(token) }
        let outputs = try prediction.run([token, hidden, cell])
        // The joint takes the last two axes swapped; for one utterance these are the same numbers.
        let output = try Tensor(viewing: outputs[0], shape: [1, hiddenSize, 1], in: environment)
        return Prediction(output: output, hidden: outputs[1], cell: outputs[2])
    }

    private func run(
        joint frame: Int, of frames: EncodedFrames, after prediction: Prediction
    ) throws(OrtError) -> Tensor {
        let encoded = try Tensor(
            viewing: frames.frames, from: frame * frames.channelCount, shape: [1, frames.channelCount, 1],
            in: environment)
        return try joint.run([encoded, prediction.output])[0]
    }
}

extension OnnxTransducer: TransducerNetworks {
    struct Prediction {
        let output: Tensor
        let hidden: Tensor
        let cell: Tensor
    }

    func start() throws(OrtError) -> Prediction { try step(blank, zeros(), zeros()) }

    func advance(_ prediction: inout Prediction, by token: Int) throws(OrtError) {
        prediction = try step(token, prediction.hidden, prediction.cell)
    }

    func withScores<Result>(
        frame: Int, of frames: EncodedFrames, after prediction: Prediction,
        _ body: (UnsafeBufferPointer<Float>) -> Result
    ) throws(OrtError) -> Result {
        try run(joint: frame, of: frames, after: prediction).withElements(of: Float.self, body)
    }
}
