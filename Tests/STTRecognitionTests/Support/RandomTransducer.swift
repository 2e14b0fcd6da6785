import Foundation
import ONNXFile
import TestSupport

@testable import STTRecognition

/// A prediction network and a joint with random weights, as numbers and as ONNX graphs.
struct RandomTransducer: Sendable {
    struct Sizes: Sendable, CustomStringConvertible {
        var tokens = 34
        var embedding = 320
        var hidden = 320
        var channels = 768
        var joint = 320
        var description: String { "\(tokens) tokens, \(embedding)/\(hidden), \(channels) channels, joint \(joint)" }
    }

    let sizes: Sizes
    private(set) var weights: [String: [Float]] = [:]

    init(_ sizes: Sizes, seed: UInt64 = 1) {
        self.sizes = sizes
        var random = SeededRandom(seed)
        let shapes = [
            ("embed", sizes.tokens * sizes.embedding, sizes.embedding),
            ("w", 4 * sizes.hidden * sizes.embedding, sizes.embedding),
            ("r", 4 * sizes.hidden * sizes.hidden, sizes.hidden), ("b", 8 * sizes.hidden, 4),
            ("we", sizes.channels * sizes.joint, sizes.channels), ("be", sizes.joint, 4),
            ("wp", sizes.hidden * sizes.joint, sizes.hidden), ("bp", sizes.joint, 4),
            ("wo", sizes.joint * sizes.tokens, sizes.joint), ("bo", sizes.tokens, 4),
        ]
        for (name, count, fan) in shapes {
            // Sums of `fan` products of the order of 1 stay of the order of 1.
            let limit = 3 / Float(fan).squareRoot()
            weights[name] = (0..<count).map { _ in random.within(-limit...limit) }
        }
    }

    /// Writes every number of a weight anew.
    mutating func set(_ name: String, _ value: (Int) -> Float) {
        weights[name] = (weights[name] ?? []).indices.map(value)
    }

    /// How the graphs differ from the published ones.
    struct Variation: Sendable {
        var lstmAttributes: [OnnxFile.Attribute] = []
        var lstmInputs = ["xt", "w", "r", "b", "", "h0", "c0"]
        var lstmOutputs = ["y", "h1", "c1"]
        var predictionOutputs = ["out", "h1", "c1"]
        var gatherAttributes: [OnnxFile.Attribute] = []
        var rectifier = "Relu"
        var normalization = "LogSoftmax"
        var normalizationAttributes: [OnnxFile.Attribute] = [.integer("axis", -1)]
        var isBiasFirst = true
        var isSwapped = false
        var jointInputs = ["enc", "dec"]
        var jointOutputs = ["joint"]
        var recurrentShape: [Int]?
    }

    func predictionFile(_ variation: Variation = Variation()) -> OnnxFile {
        var file = OnnxFile()
        let (hidden, embedding) = (sizes.hidden, sizes.embedding)
        file.input("token", .int64, [.open("n"), .fixed(1)])
        for name in ["h0", "c0"] { file.input(name, .float32, [.fixed(1), .open("n"), .fixed(hidden)]) }
        file.weight("e", shape: [sizes.tokens, embedding], weights["embed"] ?? [])
        file.weight("w", shape: [1, 4 * hidden, embedding], weights["w"] ?? [])
        file.weight("r", shape: variation.recurrentShape ?? [1, 4 * hidden, hidden], weights["r"] ?? [])
        file.weight("b", shape: [1, 8 * hidden], weights["b"] ?? [])
        file.weight("axis", shape: [1], [1])
        file.node("Gather", ["e", "token"], ["x"], variation.gatherAttributes)
        file.node("Transpose", ["x"], ["xt"], [.integers("perm", [1, 0, 2])])
        file.node(
            "LSTM", variation.lstmInputs, variation.lstmOutputs,
            [.integer("hidden_size", hidden)] + variation.lstmAttributes)
        file.node("Squeeze", ["y", "axis"], ["ys"])
        file.node("Transpose", ["ys"], ["out"], [.integers("perm", [1, 0, 2])])
        file.output(variation.predictionOutputs[0], .float32, [.open("n"), .fixed(1), .fixed(hidden)])
        for name in variation.predictionOutputs.dropFirst() {
            file.output(name, .float32, [.fixed(1), .open("n"), .fixed(hidden)])
        }
        return file
    }

    func jointFile(_ variation: Variation = Variation()) -> OnnxFile {
        var file = OnnxFile()
        let joint = sizes.joint
        file.input("enc", .float32, [.open("n"), .fixed(sizes.channels), .open("t")])
        file.input("dec", .float32, [.open("n"), .fixed(sizes.hidden), .open("u")])
        file.weight("we", shape: [sizes.channels, joint], weights["we"] ?? [])
        file.weight("wp", shape: [sizes.hidden, joint], weights["wp"] ?? [])
        file.weight("wo", shape: [joint, sizes.tokens], weights["wo"] ?? [])
        for (name, count) in [("be", joint), ("bp", joint), ("bo", sizes.tokens)] {
            file.weight(name, shape: [count], weights[name] ?? [])
        }
        func sum(_ bias: String, _ product: String) -> [String] {
            variation.isBiasFirst ? [bias, product] : [product, bias]
        }
        for (index, (input, suffix)) in zip(variation.jointInputs, ["e", "p"]).enumerated() {
            file.weight("axis\(suffix)", shape: [1], [2 - index])
            file.node("Transpose", [input], ["t\(suffix)"], [.integers("perm", [0, 2, 1])])
            file.node("MatMul", ["t\(suffix)", "w\(suffix)"], ["m\(suffix)"])
            file.node("Add", sum("b\(suffix)", "m\(suffix)"), ["s\(suffix)"])
            file.node("Unsqueeze", ["s\(suffix)", "axis\(suffix)"], ["u\(suffix)"])
        }
        file.node("Add", variation.isSwapped ? ["up", "ue"] : ["ue", "up"], ["both"])
        file.node(variation.rectifier, ["both"], ["relu"])
        file.node("MatMul", ["relu", "wo"], ["mo"])
        file.node("Add", sum("bo", "mo"), ["logits"])
        file.node(variation.normalization, ["logits"], ["joint"], variation.normalizationAttributes)
        for name in variation.jointOutputs {
            file.output(name, .float32, [.open("n"), .open("t"), .open("u"), .fixed(sizes.tokens)])
        }
        return file
    }

    /// What `NativeTransducer` makes of the graphs; `nil` when it does not know them.
    func native(
        _ variation: Variation = Variation(), blank: Int? = nil, instructions: InstructionSet = .widest
    ) throws -> NativeTransducer? {
        guard let prediction = try PredictionWeights(ONNXModel(Data(predictionFile(variation).bytes)).graph),
            let joint = try JointWeights(ONNXModel(Data(jointFile(variation).bytes)).graph)
        else { return nil }
        return NativeTransducer(prediction, joint, blank: blank ?? sizes.tokens - 1, instructions: instructions)
    }
}
