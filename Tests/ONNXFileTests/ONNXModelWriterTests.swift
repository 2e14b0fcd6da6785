import Foundation
import Testing

@testable import ONNXFile

/// What is written is read again by the reader, which was tested with files of another writer.
@Suite struct ONNXModelWriterTests {
    private func written(_ writer: ONNXModelWriter) throws -> (bytes: Data, parts: Int) {
        var (bytes, parts) = (Data(), 0)
        try writer.write {
            bytes += $0
            parts += 1
        }
        return (bytes, parts)
    }

    @Test func nodesAndWeightsComeBack() throws {
        var writer = ONNXModelWriter(graphName: "g", operatorSets: ["": 17, "com.example": 3])
        writer.add(
            "Special", domain: "com.example", name: "n", inputs: ["x", "", "w"], outputs: ["y"],
            attributes: [
                ("i", .integer(-7)), ("f", .float(2.5)), ("s", .text("gelu")), ("ints", .integers([1, -2, 300])),
            ])
        writer.add(ONNXWeight("w", shape: [2, 3]) { [1, 2, 3, 4, 5, 6] })
        writer.add(ONNXWeight("shape", shape: [3], integers: [1, -1, 300]))
        writer.add(ONNXWeight("q", elementType: 3, elementSize: 1, shape: []) { Data([0x80]) })
        let model = try ONNXModel(written(writer).bytes)
        #expect(model.irVersion == 8)
        #expect(model.operatorSets == ["": 17, "com.example": 3])
        let node = try #require(model.graph.nodes.first)
        #expect(node.type == "Special" && node.domain == "com.example" && node.name == "n")
        #expect(node.inputs == ["x", "", "w"] && node.outputs == ["y"])
        guard case .integer(-7)? = node.attributes["i"], case .float(2.5)? = node.attributes["f"],
            case .text("gelu")? = node.attributes["s"], case .integers([1, -2, 300])? = node.attributes["ints"]
        else {
            Issue.record("\(node.attributes)")
            return
        }
        let weights = model.graph.initializers
        #expect(try weights["w"]?.floats() == [1, 2, 3, 4, 5, 6])
        #expect(weights["w"]?.shape == [2, 3])
        #expect(try weights["shape"]?.integers() == [1, -1, 300])
        #expect(try weights["q"]?.signedBytes() == [-128])
        #expect(weights["q"]?.shape == [])
    }

    @Test func partsOfAnotherFileAreCopiedAsTheyAre() throws {
        let source = try ONNXModel(Fixture.model).graph
        var writer = ONNXModelWriter(graphName: "g", operatorSets: ["": 17])
        for node in source.nodes { writer.add(node) }
        for tensor in source.initializers.values { writer.add(ONNXWeight(tensor)) }
        for port in source.inputPorts { writer.addInput(port) }
        for port in source.outputPorts { writer.addOutput(port) }
        let copy = try ONNXModel(written(writer).bytes).graph
        #expect(copy.nodes.map(\.message) == source.nodes.map(\.message))
        #expect(copy.initializers.mapValues(\.message) == source.initializers.mapValues(\.message))
        #expect(copy.inputPorts.map(\.message) == source.inputPorts.map(\.message))
        #expect(copy.outputs == ["z"])
        #expect(copy.inputPorts.map(\.elementType) == [1])
    }

    /// One weight after the other: the bytes of the second are made after those of the first were taken.
    @Test func weightsAreMadeWhenTheirTurnHasCome() throws {
        var writer = ONNXModelWriter(graphName: "g", operatorSets: [:])
        let log = Log()
        for name in ["a", "b"] {
            writer.add(
                ONNXWeight(name, elementType: 3, elementSize: 1, shape: [200]) {
                    log.lines.append("make \(name)")
                    return Data(repeating: 7, count: 200)
                })
        }
        var shares: [Double] = []
        try writer.write(progress: { shares.append($0) }, to: { if $0.count == 200 { log.lines.append("take") } })
        #expect(log.lines == ["make a", "take", "make b", "take"])
        #expect(shares == [0.5, 1])
    }

    @Test func aWeightOfAnotherSizeThanPromisedIsAnError() throws {
        var writer = ONNXModelWriter(graphName: "g", operatorSets: [:])
        writer.add(ONNXWeight("w", shape: [3]) { [1, 2] })
        let error = try #require(throws: ONNXFileError.self) { try written(writer) }
        #expect(error.code == .malformed)
    }

    // Proof: written and read by the one thread of its test.
    private final class Log: @unchecked Sendable {
        var lines: [String] = []
    }
}
