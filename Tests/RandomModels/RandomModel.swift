package import Foundation
import ONNXFile

/// A whole model with the structure of GigaAM v3 and random weights: what it writes means nothing.
package struct RandomModel {
    private static let (tokens, hidden, joint) = (34, 8, 16)
    private static let channels = RandomConformer.channels
    private var random = RandomConformer.Numbers(state: 23)

    /// The name of the encoder of floats.
    package static let encoder = "v3_rnnt_encoder.onnx"

    /// Writes the files of a model of the head `rnnt` but for its tokens, `v3_vocab.txt`: 34 of them fit.
    package static func write(to folder: URL, _ variation: RandomConformer.Variation = .init()) throws {
        var model = RandomModel()
        try RandomConformer.write(variation, to: folder.appendingPathComponent(encoder))
        try model.predictionGraph().write(to: folder.appendingPathComponent("v3_rnnt_decoder.onnx"))
        try model.jointGraph().write(to: folder.appendingPathComponent("v3_rnnt_joint.onnx"))
    }

    private mutating func predictionGraph() throws -> ONNXModelWriter {
        var writer = ONNXModelWriter(graphName: "prediction", operatorSets: ["": 17])
        let size = Self.hidden
        for (name, type, rank) in [("token", Int64(7), 2), ("h0", 1, 3), ("c0", 1, 3)] {
            writer.addInput(try RandomConformer.port(name, type, rank))
        }
        for name in ["out", "h1", "c1"] { writer.addOutput(try RandomConformer.port(name, 1, 3)) }
        writer.add(weight("e", [Self.tokens, size]))
        writer.add(weight("w", [1, 4 * size, size]))
        writer.add(weight("r", [1, 4 * size, size]))
        writer.add(weight("b", [1, 8 * size]))
        writer.add(ONNXWeight("axis", shape: [1], integers: [1]))
        let turned: [(String, ONNXModelWriter.Attribute)] = [("perm", .integers([1, 0, 2]))]
        writer.add("Gather", name: "1", inputs: ["e", "token"], outputs: ["x"])
        writer.add("Transpose", name: "2", inputs: ["x"], outputs: ["xt"], attributes: turned)
        writer.add(
            "LSTM", name: "3", inputs: ["xt", "w", "r", "b", "", "h0", "c0"], outputs: ["y", "h1", "c1"],
            attributes: [("hidden_size", .integer(Int64(size)))])
        writer.add("Squeeze", name: "4", inputs: ["y", "axis"], outputs: ["ys"])
        writer.add("Transpose", name: "5", inputs: ["ys"], outputs: ["out"], attributes: turned)
        return writer
    }

    private mutating func jointGraph() throws -> ONNXModelWriter {
        var writer = ONNXModelWriter(graphName: "joint", operatorSets: ["": 17])
        for name in ["enc", "dec"] { writer.addInput(try RandomConformer.port(name, 1, 3)) }
        writer.addOutput(try RandomConformer.port("scores", 1, 4))
        for (index, (input, size)) in [("enc", Self.channels), ("dec", Self.hidden)].enumerated() {
            writer.add(weight("\(input)_w", [size, Self.joint]))
            writer.add(weight("\(input)_b", [Self.joint]))
            writer.add(ONNXWeight("\(input)_axis", shape: [1], integers: [2 - Int64(index)]))
            writer.add(
                "Transpose", name: "\(input)1", inputs: [input], outputs: ["\(input)_t"],
                attributes: [("perm", .integers([0, 2, 1]))])
            writer.add("MatMul", name: "\(input)2", inputs: ["\(input)_t", "\(input)_w"], outputs: ["\(input)_m"])
            writer.add("Add", name: "\(input)3", inputs: ["\(input)_b", "\(input)_m"], outputs: ["\(input)_s"])
            writer.add(
                "Unsqueeze", name: "\(input)4", inputs: ["\(input)_s", "\(input)_axis"], outputs: ["\(input)_u"])
        }
        writer.add(weight("w", [Self.joint, Self.tokens]))
        writer.add(weight("b", [Self.tokens]))
        writer.add("Add", name: "1", inputs: ["enc_u", "dec_u"], outputs: ["sum"])
        writer.add("Relu", name: "2", inputs: ["sum"], outputs: ["active"])
        writer.add("MatMul", name: "3", inputs: ["active", "w"], outputs: ["product"])
        writer.add("Add", name: "4", inputs: ["product", "b"], outputs: ["logits"])
        writer.add(
            "LogSoftmax", name: "5", inputs: ["logits"], outputs: ["scores"], attributes: [("axis", .integer(-1))])
        return writer
    }

    private mutating func weight(_ name: String, _ shape: [Int]) -> ONNXWeight {
        let values = (0..<shape.reduce(1, *)).map { _ in Float.random(in: -0.5...0.5, using: &random) }
        return ONNXWeight(name, shape: shape) { values }
    }
}

extension ONNXModelWriter {
    fileprivate func write(to url: URL) throws {
        var bytes = Data()
        try write { bytes += $0 }
        try bytes.write(to: url)
    }
}
