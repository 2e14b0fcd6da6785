import CKernels
import Foundation
import ONNXFile
import OnnxRuntime

/// Prediction network and joint in our own code, with the weights of their two ONNX files.
///
/// The embedding and the input weights of the LSTM are one table, a row a token. A blank costs a rectified sum and one
/// product, `joint × tokens`; a token one step of the LSTM and its projection. Scores are logits, without the
/// normalisation that a graph ends in: the search does not need it.
struct NativeTransducer: Sendable {
    /// Number of token scores.
    let tokenCount: Int
    /// Channels of the encoder frames it takes.
    let channelCount: Int
    private let blank: Int
    private let instructions: InstructionSet
    private let table: GateTable
    private let recurrent: PackedMatrix
    private let prediction: PackedMatrix
    private let encoder: PackedMatrix
    private let output: PackedMatrix

    /// Reads both files; `nil` when they cannot be read or are not what this code knows how to run.
    init?(_ files: ModelFiles.Networks, blank: Int) {
        guard let prediction = try? PredictionWeights(ONNXModel(contentsOf: files.prediction).graph),
            let joint = try? JointWeights(ONNXModel(contentsOf: files.joint).graph)
        else { return nil }
        self.init(prediction, joint, blank: blank)
    }

    /// `nil` when the two do not fit each other, or the blank is none of their tokens.
    init?(
        _ weights: PredictionWeights, _ joint: JointWeights, blank: Int, instructions: InstructionSet = .widest
    ) {
        tokenCount = joint.output.bias.count
        channelCount = joint.encoder.inputCount
        guard weights.tokenCount == tokenCount, weights.hiddenSize == joint.prediction.inputCount,
            (0..<tokenCount).contains(blank), let table = GateTable(weights, using: instructions)
        else { return nil }
        self.table = table
        self.blank = blank
        self.instructions = instructions
        recurrent = PackedMatrix(
            weights.recurrentWeights, bias: [], inputCount: weights.hiddenSize, outputCount: weights.hiddenSize,
            isTransposed: true, blockCount: 4)
        prediction = PackedMatrix(joint.prediction)
        encoder = PackedMatrix(joint.encoder)
        output = PackedMatrix(joint.output)
    }

    /// The frames in the form in which the joint takes them. Cost: one product, `channels × joint` a frame.
    func frames(_ encoded: EncodedFrames) throws(OrtError) -> ProjectedFrames {
        guard encoded.channelCount == channelCount, encoded.frames.count >= encoded.frameCount * channelCount else {
            throw OrtError(.wrongType, "The encoder's output has an unexpected size.")
        }
        let projections = AlignedFloats(count: encoded.frameCount * encoder.width)
        try encoded.frames.withElements(of: Float.self) { elements in
            guard let start = elements.baseAddress else { return }
            encoder.multiply(start, rows: encoded.frameCount, into: projections.start, using: instructions)
        }
        return ProjectedFrames(
            projections: projections, width: encoder.width, frameCount: encoded.frameCount,
            scratch: JointScratch(jointWidth: encoder.width, scoreWidth: output.width))
    }
}

extension NativeTransducer: TransducerNetworks {
    func start() throws(OrtError) -> PredictionState {
        var prediction = PredictionState(hiddenWidth: recurrent.width / 4, jointWidth: encoder.width)
        try advance(&prediction, by: blank)
        return prediction
    }

    func advance(_ prediction: inout PredictionState, by token: Int) throws(OrtError) {
        guard let gates = table.gates(of: token) else { throw Self.outOfRange }
        prediction.step { memory, isBackwards in
            recurrent.withKernelLayer(bias: gates) {
                kernels_lstm_step(
                    instructions.kernelSet, $0, recurrent.width / 4, memory.hidden, memory.cell, memory.gates,
                    isBackwards ? 1 : 0)
            }
            self.prediction.multiply(memory.hidden, rows: 1, into: memory.projection, using: instructions)
        }
    }

    func withScores<Result>(
        frame: Int, of frames: ProjectedFrames, after prediction: PredictionState,
        _ body: (UnsafeBufferPointer<Float>) -> Result
    ) throws(OrtError) -> Result {
        guard let projection = frames.projection(of: frame) else { throw Self.outOfRange }
        let scratch = frames.scratch
        return withExtendedLifetime((frames.projections, prediction.memory, scratch)) {
            output.withKernelLayer {
                kernels_joint(
                    instructions.kernelSet, $0, projection, prediction.memory.projection, scratch.activeValues.start,
                    scratch.activeIndices, scratch.scores.start)
            }
            return body(UnsafeBufferPointer(start: scratch.scores.start, count: tokenCount))
        }
    }

    private static var outOfRange: OrtError {
        OrtError(.runFailed, "The search asked for a token or a frame that there is not.")
    }
}

extension PackedMatrix {
    convenience init(_ layer: GraphMatcher.Dense) {
        self.init(layer.weights, bias: layer.bias, inputCount: layer.inputCount, outputCount: layer.bias.count)
    }
}
