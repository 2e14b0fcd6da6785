public import Foundation
import ONNXFile

/// A small speaker model of WeSpeaker's form with random weights: a stem, a residual block, a convolution of stride 2, means and
/// deviations over time. `feats` [B, T, 80] to `embs` [B, 1280].
public enum RandomSpeakerModel {
    /// Convolutions in it.
    public static let convolutionCount = 4

    /// Writes it. Without convolutions the vector is the mean of the frames.
    public static func write(to url: URL, hasConvolutions: Bool = true) throws {
        var model = ONNXModelWriter(graphName: "random", operatorSets: ["": 17])
        model.addInput(ONNXValueInfo("feats", elementType: 1, axes: [.open("B"), .open("T"), .fixed(80)]))
        let width = hasConvolutions ? 1_280 : 80
        model.addOutput(ONNXValueInfo("embs", elementType: 1, axes: [.open("B"), .fixed(width)]))
        if hasConvolutions {
            addTrunk(to: &model)
        } else {
            model.add(
                "ReduceMean", name: "mean", inputs: ["feats"], outputs: ["embs"],
                attributes: [("axes", .integers([1])), ("keepdims", .integer(0))])
        }
        var bytes = Data()
        try model.write { bytes += $0 }
        try bytes.write(to: url)
    }

    private static func addTrunk(to model: inout ONNXModelWriter) {
        func add(_ type: String, _ inputs: [String], _ output: String, _ numbers: [(String, [Int64])] = []) {
            model.add(
                type, name: output, inputs: inputs, outputs: [output],
                attributes: numbers.map { name, values in
                    (name, name == "keepdims" ? .integer(values[0]) : .integers(values))
                })
        }
        func convolution(_ input: String, _ output: String, _ from: Int, _ to: Int, stride: Int64 = 1) {
            var state = UInt64(output.utf8.reduce(7) { $0 * 31 + Int($1) })
            func number() -> Float {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Float(state >> 40) / Float(1 << 24) - 0.5
            }
            let level = (12 * 2 / Float(from * 9)).squareRoot()
            let (weights, bias) = ((0..<to * from * 9).map { _ in level * number() }, (0..<to).map { _ in number() })
            model.add(ONNXWeight("\(output).w", shape: [to, from, 3, 3]) { weights })
            model.add(ONNXWeight("\(output).b", shape: [to]) { bias })
            add(
                "Conv", [input, "\(output).w", "\(output).b"], output,
                [("kernel_shape", [3, 3]), ("pads", [1, 1, 1, 1]), ("strides", [stride, stride])])
        }
        add("Transpose", ["feats"], "bands", [("perm", [0, 2, 1])])
        model.add(ONNXWeight("one", shape: [1], integers: [1]))
        add("Unsqueeze", ["bands", "one"], "image")
        convolution("image", "stem", 1, 8)
        add("Relu", ["stem"], "trunk")
        convolution("trunk", "up", 8, 8)
        add("Relu", ["up"], "inner")
        convolution("inner", "down", 8, 8)
        add("Add", ["trunk", "down"], "sum")
        add("Relu", ["sum"], "block")
        convolution("block", "last", 8, 16, stride: 2)
        model.add(ONNXWeight("flat", shape: [3], integers: [0, 640, -1]))
        add("Reshape", ["last", "flat"], "frames")
        add("ReduceMean", ["frames"], "level", [("axes", [2]), ("keepdims", [1])])
        add("Sub", ["frames", "level"], "centred")
        add("Mul", ["centred", "centred"], "squares")
        add("ReduceMean", ["squares"], "variance", [("axes", [2]), ("keepdims", [0])])
        add("Sqrt", ["variance"], "deviation")
        model.add(ONNXWeight("two", shape: [1], integers: [2]))
        add("Squeeze", ["level", "two"], "mean")
        model.add(
            "Concat", name: "embs", inputs: ["mean", "deviation"], outputs: ["embs"],
            attributes: [("axis", .integer(1))])
    }
}
