import Foundation
import OnnxRuntime
import STTRecognition
import STTValues
import TestSupport
import Testing

/// A CTC graph written here: it keeps every fourth feature frame and scores token *k* by mel band *k*.
@Suite struct CTCModelTests {
    /// `▁`, `а`, `б`, blank.
    private static let vocabulary = "▁ 0\nа 1\nб 2\n<blk> 3\n"

    private enum Lengths { case none, integers, floats }

    private func graph(tokens: Int = 4, lengths: Lengths = .none) -> Data {
        var file = OnnxFile()
        file.input("features", .float32, [.open("batch"), .fixed(64), .open("time")])
        file.input("feature_lengths", .int64, [.open("batch")])
        // Kernel 1, stride 4: (T − 1) / 4 + 1 frames.
        file.node("MaxPool", ["features"], ["quarter"], [.integers("kernel_shape", [1]), .integers("strides", [4])])
        file.node("Transpose", ["quarter"], ["rows"], [.integers("perm", [0, 2, 1])])
        var picks = [Float](repeating: 0, count: 64 * tokens)
        for token in 0..<tokens { picks[token * tokens + token] = 1 }
        file.weight("picks", shape: [64, tokens], picks)
        file.node("MatMul", ["rows", "picks"], ["log_probs"])
        file.output("log_probs", .float32, [.open("batch"), .open("frames"), .fixed(tokens)])
        switch lengths {
        case .none: break
        case .integers:
            file.weight("three", shape: [1], [3])
            file.node("Identity", ["three"], ["lengths"])
            file.output("lengths", .int64, [.fixed(1)])
        case .floats:
            file.weight("three", shape: [1], [Float(3)])
            file.node("Identity", ["three"], ["lengths"])
            file.output("lengths", .float32, [.fixed(1)])
        }
        return Data(file.bytes)
    }

    private func load(_ graph: Data, as name: String = "v3_ctc.onnx") throws -> SpeechModel {
        let folder = try TemporaryFolder()
        try folder.write(graph, as: name)
        try folder.write(Data(Self.vocabulary.utf8), as: "v3_vocab.txt")
        return try SpeechModel(ModelFiles(in: folder.url))
    }

    /// Four feature frames per token, of which the graph reads the first: its band has the value 2, the rest −2.
    private func window(_ tokens: [Int]) -> FeatureWindow {
        FeatureWindow(
            values: tokens.flatMap { token in
                (0..<4 * 64).map { $0 == token ? 2 : -2 }
            })
    }

    @Test func theGraphIsDecodedToWords() throws {
        let model = try load(graph())
        #expect(model.head == .ctc)
        #expect(!model.isQuantized)
        let hypothesis = try model.decode(
            window([3, 1, 1, 2, 3, 0, 2, 3, 2]), cancellation: RunCancellation(in: model.environment))
        #expect(hypothesis.frameCount == 9)
        #expect(hypothesis.tokens.map(\.id) == [1, 2, 0, 2, 2])
        #expect(hypothesis.tokens.map(\.frame) == [1, 3, 5, 6, 8])
        // e² / (e² + 3·e⁻²)
        #expect(hypothesis.tokens.allSatisfy { abs($0.confidence - 0.947_915) < 1e-5 })
        let words = WordAssembler(vocabulary: model.vocabulary).words(hypothesis.tokens)
        #expect(words.map(\.text) == ["аб", "бб"])
    }

    @Test func framesBeyondTheSecondOutputAreNotRead() throws {
        let model = try load(graph(lengths: .integers))
        let hypothesis = try model.decode(
            window([3, 1, 2, 1, 2]), cancellation: RunCancellation(in: model.environment))
        #expect(hypothesis.frameCount == 3)
        #expect(hypothesis.tokens.map(\.id) == [1, 2])
    }

    @Test func theQuantizedNameIsRecognised() throws {
        #expect(try load(graph(), as: "v3_ctc.int8.onnx").isQuantized)
    }

    @Test func theVocabularyOfAnotherHeadIsNoticed() throws {
        let error = try #require(throws: GigaSTTError.self) { try load(graph(tokens: 5)) }
        #expect(error.code == .modelDamaged)
        #expect(error.message.contains("v3_vocab.txt lists 4 tokens, but the model scores 5"))
    }

    @Test func aLengthThatIsNoIntegerIsRefusedAtLoading() throws {
        let error = try #require(throws: GigaSTTError.self) { try load(graph(lengths: .floats)) }
        #expect(error.code == .modelUnsupported)
    }

    @Test func theJointOfATransducerIsNoCTCGraph() throws {
        let folder = try TemporaryFolder()
        try folder.link("v3_rnnt_joint.onnx", as: "v3_ctc.onnx")
        try folder.link("v3_vocab.txt")
        let error = try #require(throws: GigaSTTError.self) { try SpeechModel(ModelFiles(in: folder.url)) }
        #expect(error.code == .modelUnsupported)
        #expect(error.message.hasPrefix("v3_ctc.onnx "))
    }

    @Test func aCancelledDecodeIsACancellation() throws {
        let model = try load(graph())
        let cancellation = try RunCancellation(in: model.environment)
        cancellation.cancel()
        #expect(throws: CancellationError.self) { try model.decode(window([1]), cancellation: cancellation) }
    }
}
