import OnnxRuntime
import Testing

/// The expected ports are those of the published GigaAM v3 export, written down in the model card.
@Suite struct TensorInfoTests {
    typealias Port = (String, TensorElementType, [Int])

    struct Case: Sendable, CustomTestStringConvertible {
        let file: String
        let inputs: [Port]
        let outputs: [Port]
        var testDescription: String { file }
    }

    private static let encoderInputs: [Port] = [("audio_signal", .float32, [-1, 64, -1]), ("length", .int64, [-1])]
    private static let encoderOutputs: [Port] = [
        ("encoded", .float32, [-1, 768, -1]), ("encoded_len", .int32, [-1]),
    ]

    static let cases = [
        Case(file: "v3_rnnt_encoder.onnx", inputs: encoderInputs, outputs: encoderOutputs),
        Case(file: "v3_rnnt_encoder_int8.onnx", inputs: encoderInputs, outputs: encoderOutputs),
        Case(
            file: "v3_rnnt_decoder.onnx",
            inputs: [("x", .int64, [-1, 1]), ("h.1", .float32, [1, -1, 320]), ("c.1", .float32, [1, -1, 320])],
            outputs: [("dec", .float32, [-1, 1, 320]), ("h", .float32, [1, -1, 320]), ("c", .float32, [1, -1, 320])]),
        Case(
            file: "v3_rnnt_joint.onnx",
            inputs: [("enc", .float32, [-1, 768, 1]), ("dec", .float32, [-1, 320, 1])],
            outputs: [("joint", .float32, [-1, 1, 1, 34])]),
    ]

    @Test(arguments: cases) func portsHaveTheNamesTypesAndShapesOfTheGraph(_ expected: Case) throws {
        let session = try OrtSession(ModelFile.builtIn(expected.file), in: .shared())
        #expect(session.inputs.map(\.name) == expected.inputs.map(\.0))
        #expect(session.inputs.map(\.elementType) == expected.inputs.map(\.1))
        #expect(session.inputs.map(\.shape) == expected.inputs.map(\.2))
        #expect(session.outputs.map(\.name) == expected.outputs.map(\.0))
        #expect(session.outputs.map(\.elementType) == expected.outputs.map(\.1))
        #expect(session.outputs.map(\.shape) == expected.outputs.map(\.2))
    }

    @Test func aGraphInMemoryHasTheSamePortsAsItsBytesSay() throws {
        let session = try OrtSession(.bytes(SumGraph.bytes), in: .shared())
        #expect(session.inputs.map(\.name) == ["a", "b"])
        #expect(session.outputs.map(\.name) == ["sum"])
        #expect((session.inputs + session.outputs).allSatisfy { $0.elementType == .float32 && $0.shape == [-1] })
    }
}
