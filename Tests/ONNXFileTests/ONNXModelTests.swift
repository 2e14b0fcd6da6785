import Foundation
import Testing

@testable import ONNXFile

/// The values of the fixture are those that it was written from.
@Suite struct ONNXModelTests {
    @Test func theVersionsAreRead() throws {
        let model = try ONNXModel(Fixture.model)
        #expect(model.irVersion == 8)
        #expect(model.operatorSets == ["": 17, "com.example": 1])
    }

    @Test func theGraphIsRead() throws {
        let graph = try ONNXModel(Fixture.model).graph
        #expect(graph.inputs == ["x"])  // "w" is listed there too, but is a weight
        #expect(graph.outputs == ["z"])
        #expect(graph.nodes.map(\.type) == ["Constant", "Identity", "Special", "Add"])
        #expect(graph.nodes.map(\.name) == ["c0", "", "n1", ""])
        #expect(graph.nodes.map(\.isStandard) == [true, true, false, true])
        #expect(graph.nodes[2].inputs == ["x", "", "w2"])
        #expect(graph.nodes[2].outputs == ["y", ""])
        #expect(graph.producer(of: "y")?.name == "n1")
        #expect(graph.producer(of: "x") == nil)
        #expect(graph.producer(of: "") == nil)
    }

    @Test func anInputThatIsLeftOutHasNoName() throws {
        let node = try ONNXModel(Fixture.model).graph.nodes[2]
        #expect(node.input(0) == "x")
        #expect(node.input(1) == nil)
        #expect(node.input(3) == nil)
        #expect(node.output(0) == "y")
        #expect(node.output(1) == nil)
    }

    @Test func everyKindOfAttributeIsRead() throws {
        let attributes = try ONNXModel(Fixture.model).graph.nodes[2].attributes
        #expect(attributes.count == 6)
        guard case .integer(-7)? = attributes["i"], case .float(2.5)? = attributes["f"],
            case .text("gelu")? = attributes["s"], case .integers([1, -2, 3])? = attributes["ints"],
            case .floats([0.25, 0.5])? = attributes["floats"], case .texts(["a", "bc"])? = attributes["strings"]
        else {
            Issue.record("\(attributes)")
            return
        }
    }

    @Test func weightsAreReadFromBytesAndFromLists() throws {
        let graph = try ONNXModel(Fixture.model).graph
        let raw = try #require(graph.initializers["w"])
        #expect(raw.shape == [2, 3])
        #expect(try raw.floats() == [1, 2, 3, 4, 5, 6])
        let listed = try #require(graph.initializers["shape"])
        #expect(listed.rawBytes == nil)
        #expect(try listed.integers() == [1, -1, 300])
        let scalar = try #require(graph.initializers["scalar"])
        #expect(scalar.shape == [])
        #expect(try scalar.integers() == [7])
        let bytes = try #require(graph.initializers["q"])
        #expect(bytes.elementType == 3)
        #expect(bytes.rawBytes.map(Array.init) == [0x80, 0x7F])
    }

    @Test func constantsAreWeightsOrWhatNodesHold() throws {
        let graph = try ONNXModel(Fixture.model).graph
        #expect(try graph.constant("k")?.floats() == [0.5, -1.5])
        #expect(graph.constant("w2")?.name == "w")
        #expect(graph.constant("y") == nil)
        #expect(graph.constant("x") == nil)
    }

    @Test func aTensorOfAnotherTypeIsRefused() throws {
        let graph = try ONNXModel(Fixture.model).graph
        for (name, read) in [("q", "floats"), ("shape", "floats"), ("w", "integers")] {
            let tensor = try #require(graph.initializers[name])
            let error = try #require(throws: ONNXFileError.self) {
                if read == "floats" { _ = try tensor.floats() } else { _ = try tensor.integers() }
            }
            #expect(error.code == .wrongType)
            #expect(error.debugDescription.contains("\(name): type"))
            #expect(!error.description.contains("\(name): type"))
        }
    }

    /// Sums of absolute values, computed with numpy.
    @Test(arguments: [
        ("embed.weight", [34, 320], 7517.340923334963), ("onnx::LSTM_93", [1, 1280, 320], 31721.567391162534),
        ("onnx::LSTM_94", [1, 1280, 320], 48138.63659976778), ("onnx::LSTM_95", [1, 2560], 473.64624959581124),
    ])
    func theBuiltInPredictionNetworkIsRead(name: String, shape: [Int], sum: Double) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appendingPathComponent("Sources/GigaSTT/BuiltInModel/v3_rnnt_decoder.onnx")
        let tensor = try #require(try ONNXModel(contentsOf: file).graph.initializers[name])
        #expect(tensor.shape == shape)
        let total = try tensor.floats().reduce(0) { $0 + Double(abs($1)) }
        #expect(abs(total - sum) < 1e-6)
    }
}
