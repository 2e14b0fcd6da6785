import Foundation
import ONNXFile
import OnnxRuntime
import STTValues
import TestSupport
import Testing

@testable import STTRecognition

/// Which graphs are run by our own code. A graph is known by what it computes, not by names.
@Suite struct NativeTransducerRecognitionTests {
    typealias Variation = RandomTransducer.Variation

    static let network = RandomTransducer(
        .init(tokens: 5, embedding: 4, hidden: 3, channels: 6, joint: 7))

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let variation: Variation

        init(_ name: String, _ adjust: (inout Variation) -> Void) {
            var variation = Variation()
            adjust(&variation)
            (testDescription, self.variation) = (name, variation)
        }
    }

    static let known = [
        Case("the published form") { _ in },
        Case("biases second") { $0.isBiasFirst = false },
        Case("the prediction's side first") { $0.isSwapped = true },
        Case("the axis of the tokens counted from the front") { $0.normalizationAttributes = [.integer("axis", 3)] },
        Case("the axis of the tokens left out") { $0.normalizationAttributes = [] },
        Case("defaults written out") {
            $0.lstmAttributes = [.text("direction", "forward"), .integer("layout", 0), .integer("input_forget", 0)]
            $0.gatherAttributes = [.integer("axis", 0)]
        },
        Case("the state as output") { $0.predictionOutputs[0] = "h1" },
    ]

    @Test(arguments: known) func theGraphIsKnown(_ graph: Case) throws {
        let native = try #require(try Self.network.native(graph.variation))
        var random = SeededRandom(1)
        let encoded = try EncodedFrames.random(count: 1, channels: 6, &random)
        let frames = try native.frames(encoded.frames)
        var textbook = TextbookTransducer(Self.network)
        textbook.advance(by: 4)
        let scores = try native.withScores(frame: 0, of: frames, after: native.start()) { scores in
            scores.indices.map { TokenScores.probability(of: $0, in: scores) }
        }
        for (score, expected) in zip(scores, textbook.scores(encoded.rows[0])) {
            #expect(abs(Double(score) - exp(expected)) < 1e-5)
        }
    }

    static let foreign = [
        Case("an LSTM that reads backwards") { $0.lstmAttributes = [.text("direction", "reverse")] },
        Case("an LSTM with a limit") { $0.lstmAttributes = [.integer("clip", 3)] },
        Case("coupled gates") { $0.lstmAttributes = [.integer("input_forget", 1)] },
        Case("another layout") { $0.lstmAttributes = [.integer("layout", 1)] },
        Case("a sequence length") { $0.lstmInputs[4] = "token" },
        Case("peepholes") { $0.lstmInputs.append("b") },
        Case("a state that does not come from outside") { $0.lstmInputs[5] = "" },
        Case("states that are swapped") { $0.lstmInputs.swapAt(5, 6) },
        Case("outputs that are swapped") { $0.predictionOutputs.swapAt(1, 2) },
        Case("one output less") { $0.predictionOutputs.removeLast() },
        Case("weights of another shape") { $0.recurrentShape = [1, 3, 12] },
        Case("columns of the embedding") { $0.gatherAttributes = [.integer("axis", 1)] },
        Case("tanh for a rectifier") { $0.rectifier = "Tanh" },
        Case("both sides of the joint from the encoder") { $0.jointInputs = ["enc", "enc"] },
        Case("sides of the joint that are swapped") { $0.jointInputs = ["dec", "enc"] },
        Case("probabilities") { $0.normalization = "Softmax" },
        Case("the wrong axis") { $0.normalizationAttributes = [.integer("axis", 1)] },
        Case("a second output") { $0.jointOutputs.append("logits") },
    ]

    @Test(arguments: foreign) func theGraphIsLeftToONNXRuntime(_ graph: Case) throws {
        #expect(try Self.network.native(graph.variation) == nil)
    }

    @Test func anLSTMWithoutBiasHasABiasOfZero() throws {
        var network = Self.network
        network.set("b") { _ in 0 }
        let whole = try #require(try network.native())
        var variation = Variation()
        variation.lstmInputs[3] = ""
        let without = try #require(try network.native(variation))
        #expect(try whole.start().state == without.start().state)
    }

    @Test(arguments: [-1, 5, .max]) func aBlankThatIsNoTokenIsLeftToONNXRuntime(blank: Int) throws {
        #expect(try Self.network.native(blank: blank) == nil)
    }

    @Test func partsThatDoNotFitEachOtherAreLeftToONNXRuntime() throws {
        let prediction = try #require(try PredictionWeights(graph(Self.network.predictionFile())))
        for sizes: RandomTransducer.Sizes in [
            .init(tokens: 6, embedding: 4, hidden: 3, channels: 6, joint: 7),
            .init(tokens: 5, embedding: 4, hidden: 4, channels: 6, joint: 7),
        ] {
            let joint = try #require(try JointWeights(graph(RandomTransducer(sizes).jointFile())))
            #expect(NativeTransducer(prediction, joint, blank: 0) == nil)
        }
    }

    /// 16 600 tokens × 4 × 256 gates are over 64 MB: such a file would ask for more memory than it has bytes.
    @Test func aTableThatIsTooLargeIsNotMade() throws {
        let network = RandomTransducer(.init(tokens: 16_600, embedding: 1, hidden: 256, channels: 1, joint: 1))
        let prediction = try #require(try PredictionWeights(graph(network.predictionFile())))
        let joint = try #require(try JointWeights(graph(network.jointFile())))
        #expect(NativeTransducer(prediction, joint, blank: 0) == nil)
    }

    @Test func filesThatCannotBeReadAreLeftToONNXRuntime() throws {
        let folder = try TemporaryFolder()
        try folder.write(Data("404".utf8), as: "prediction")
        try folder.write(Data(Self.network.jointFile().bytes), as: "joint")
        for name in ["prediction", "none"] {
            let files = ModelFiles.Networks(
                prediction: folder.url.appendingPathComponent(name), joint: folder.url.appendingPathComponent("joint"))
            #expect(NativeTransducer(files, blank: 0) == nil)
        }
    }

    /// The rectifier of the built-in joint made another function: ONNX Runtime can run it, our code cannot.
    @Test func aModelThatIsNotKnownIsStillRun() throws {
        let folder = try TemporaryFolder()
        for part in ["v3_rnnt_encoder_int8.onnx", "v3_rnnt_decoder.onnx", "v3_vocab.txt"] { try folder.link(part) }
        var joint = try Data(contentsOf: Repository.builtInModel.appendingPathComponent("v3_rnnt_joint.onnx"))
        // NodeProto 4 op_type
        let key = try #require(joint.range(of: Data([0x22, 4]) + Data("Relu".utf8)))
        joint.replaceSubrange(key, with: Data([0x22, 4]) + Data("Tanh".utf8))
        try folder.write(joint, as: "v3_rnnt_joint.onnx")
        let files = try ModelFiles(in: folder.url)
        #expect(NativeTransducer(try #require(files.networks), blank: 33) == nil)
        let model = try SpeechModel(files)
        let window = FeatureWindow(values: try Recording.features("01_commands.wav").values)
        let hypothesis = try model.decode(window, cancellation: RunCancellation(in: model.environment))
        #expect(hypothesis.frameCount > 0)
    }

    private func graph(_ file: OnnxFile) throws -> ONNXGraph { try ONNXModel(Data(file.bytes)).graph }
}

extension PredictionState {
    /// The state of a network with three units.
    var state: [Float] { (0..<3).flatMap { [memory.hidden[$0], memory.cell[$0]] } }
}
