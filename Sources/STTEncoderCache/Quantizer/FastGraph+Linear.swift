import Foundation
import ONNXFile

extension FastGraph {
    /// What a linear layer takes of a matrix of the source.
    struct Part: Sendable {
        let source: LinearSource
        /// Outputs that are taken.
        let columns: Range<Int>
        /// Rows of zeros after those of the source.
        var paddingRows = 0
        /// Folded into weights and bias.
        var factor: Float = 1

        var shape: [Int] { [source.rowCount + paddingRows, columns.count] }
    }

    /// x · weights + bias with signed 8-bit weights, one scale an output, and unsigned activations that are measured.
    ///
    /// - Parameter isShared: whether more layers read `x`, which then is quantised once for all.
    mutating func linear(_ x: String, _ part: Part, name: String, isShared: Bool = false) -> String {
        if isFloat { return floatLinear(x, part, name: name) }
        let (shape, columns) = (part.shape, part.columns)
        writer.add(
            ONNXWeight("\(name).q", elementType: 3, elementSize: 1, shape: shape) {
                try part.source.steps(columns: columns).withUnsafeBytes { Data($0) }
                    + Data(count: part.paddingRows * columns.count)
            })
        let zeros = ONNXWeight("\(name).z", elementType: 3, elementSize: 1, shape: [columns.count]) {
            Data(count: columns.count)
        }
        writer.add(zeros)
        let scales = floats("\(name).s", shape: [columns.count]) {
            try part.source.scales(columns: columns, factor: part.factor)
        }
        let bias = floats("\(name).b", shape: [columns.count]) {
            try part.source.biases(columns: columns, factor: part.factor)
        }
        if isShared || quantized[x] != nil {
            let steps = quantize(x, name: "\(name)_steps")
            return add(
                "MatMulIntegerToFloat",
                [steps[0], "\(name).q", steps[1], scales, steps[2], zeros.name, bias], name: name, isContributed: true)
        }
        return add(
            "DynamicQuantizeMatMul", [x, "\(name).q", scales, zeros.name, bias], name: name, isContributed: true)
    }

    /// x · weights + bias in floats.
    mutating func floatLinear(_ x: String, _ part: Part, name: String) -> String {
        let columns = part.columns
        let matrix = floats("\(name).w", shape: part.shape) {
            try part.source.floats(columns: columns).map { $0 * part.factor }
                + [Float](repeating: 0, count: part.paddingRows * columns.count)
        }
        let bias = floats("\(name).b", shape: [columns.count]) {
            try part.source.biases(columns: columns, factor: part.factor)
        }
        let product = add("MatMul", [x, matrix], name: name)
        return add("Add", [product, bias], name: "\(name)_bias")
    }

    /// Steps, scale and zero point of a value.
    mutating func quantize(_ x: String, name: String) -> [String] {
        if let known = quantized[x] { return known }
        let outputs = [name, "\(name)_scale", "\(name)_zero"]
        writer.add("DynamicQuantizeLinear", name: name, inputs: [x], outputs: outputs)
        quantized[x] = outputs
        return outputs
    }

    /// Notes that a value consists of steps that were made elsewhere.
    mutating func note(_ x: String, isQuantizedAs steps: [String]) { quantized[x] = [x] + steps.dropFirst() }

    mutating func norm(_ x: String, _ norm: ConformerWeights.Norm, name: String) -> String {
        let (weight, bias) = (copy(norm.weight, as: "\(name).weight"), copy(norm.bias, as: "\(name).bias"))
        return add(
            "LayerNormalization", [x, weight, bias], name: name, [("axis", .integer(-1)), ("epsilon", .float(1e-5))])
    }

    /// x · sigmoid(x)
    mutating func swish(_ x: String, name: String) -> String {
        add("QuickGelu", [x], name: name, isContributed: true, [("alpha", .float(1))])
    }
}
