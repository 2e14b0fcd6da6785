import Foundation
import ONNXFile

/// The int8 forms that gigastt makes of an encoder: every product with a matrix of at least 1 024 weights becomes a
/// dynamic quantisation of the activations, a product of integers, and a scaling. All other nodes stay.
///
/// Releases up to 2.22 quantise convolutions too. Later ones leave them in floats, as `quantize_dynamic` of ONNX Runtime
/// does with `op_types_to_quantize=["MatMul"]`.
struct ReferenceEncoder {
    private static let fewestWeights = 1_024
    private static let convolutionAttributes: Set<String> = [
        "strides", "pads", "dilations", "group", "kernel_shape", "auto_pad",
    ]

    private static let integerOperators: Set<String> = [
        "ConvInteger", "DynamicQuantizeLinear", "DynamicQuantizeMatMul", "MatMulInteger", "MatMulIntegerToFloat",
        "QLinearConv", "QLinearMatMul", "QuantizeLinear",
    ]

    private let source: ONNXModel
    /// Types of the nodes that are quantised.
    private let operators: Set<String>
    private var writer: ONNXModelWriter
    private var quantized: Set<String> = []

    init(_ source: ONNXModel, quantizesConvolutions: Bool = true) {
        self.source = source
        operators = quantizesConvolutions ? ["MatMul", "Gemm", "Conv"] : ["MatMul", "Gemm"]
        var sets = source.operatorSets
        sets[""] = max(11, sets[""] ?? 0)  // that of DynamicQuantizeLinear
        writer = ONNXModelWriter(graphName: "encoder", operatorSets: sets)
    }

    /// Throws `notRecognised` when there is nothing to quantise, or something is already, or there is a `Gemm`, which the
    /// form does not know.
    func build() throws(QuantizeError) -> ONNXModelWriter {
        var encoder = self
        try encoder.addNodes()
        return encoder.writer
    }

    private mutating func addNodes() throws(QuantizeError) {
        let graph = source.graph
        if let node = graph.nodes.first(where: { Self.integerOperators.contains($0.type) }) {
            throw QuantizeError(
                .notRecognised,
                "This form is made of an encoder in floats, and this one is quantised already. Run "
                    + "`gigastt download --fp32`, or use --form fast.",
                detail: "\(node.type) \(node.name)")
        }
        for node in graph.nodes {
            guard let weights = weights(of: node) else {
                writer.add(node)
                continue
            }
            guard node.type != "Gemm" else { throw .notRecognised("Gemm \(node.name)") }
            addWeights(weights, axis: node.type == "Conv" ? 0 : weights.shape.count - 1)
            replace(node, weights)
        }
        guard !quantized.isEmpty else { throw .notRecognised("no weights to quantise") }
        let others = graph.initializers.values.filter { !quantized.contains($0.name) }
        for tensor in others.sorted(by: { $0.name < $1.name }) { writer.add(ONNXWeight(tensor)) }
        for port in graph.inputPorts { writer.addInput(port) }
        for port in graph.outputPorts { writer.addOutput(port) }
    }

    private func weights(of node: ONNXNode) -> ONNXTensor? {
        guard node.isStandard, operators.contains(node.type), node.input(0) != nil,
            let weights = node.input(1).flatMap({ source.graph.initializers[$0] }),
            weights.elementType == 1, weights.count >= Self.fewestWeights, weights.shape.count >= 2
        else { return nil }
        return weights
    }

    private func convolutionAttributes(of node: ONNXNode) -> [(String, ONNXModelWriter.Attribute)] {
        node.attributes.sorted { $0.key < $1.key }.compactMap { name, value in
            guard Self.convolutionAttributes.contains(name) else { return nil }
            switch value {
            case .integer(let value): return (name, .integer(value))
            case .integers(let values): return (name, .integers(values))
            case .text(let text): return (name, .text(text))
            default: return nil
            }
        }
    }

    private mutating func addWeights(_ tensor: ONNXTensor, axis: Int) {
        let name = tensor.name
        guard quantized.insert(name).inserted else { return }
        let channels = OutputChannels(shape: tensor.shape, axis: axis)
        writer.add(
            ONNXWeight("\(name)_quantized", elementType: 3, elementSize: 1, shape: tensor.shape) {
                let values = try tensor.floats()
                return channels.steps(values).withUnsafeBytes { Data($0) }
            })
        writer.add(ONNXWeight("\(name)_scale", shape: [channels.count]) { channels.scales(try tensor.floats()) })
        // One zero for all: the integer products of ONNX Runtime take no other.
        writer.add(ONNXWeight("\(name)_zero_point", elementType: 3, elementSize: 1, shape: []) { Data([0]) })
    }

    private mutating func replace(_ node: ONNXNode, _ weights: ONNXTensor) {
        let isConvolution = node.type == "Conv"
        let stem = (node.name.isEmpty ? node.outputs.first ?? "" : node.name)
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: ":", with: "_")
        let short = isConvolution ? "ci" : "mm"
        let result = node.outputs.first ?? ""
        func name(_ suffix: String) -> String { "\(stem)_\(suffix)" }
        writer.add(
            "DynamicQuantizeLinear", name: name("dynq"), inputs: [node.inputs[0]],
            outputs: [name("a_q"), name("a_scale"), name("a_zp")])
        writer.add(
            isConvolution ? "ConvInteger" : "MatMulInteger",
            name: name(isConvolution ? "convinteger" : "matmulinteger"),
            inputs: [name("a_q"), "\(weights.name)_quantized", name("a_zp"), "\(weights.name)_zero_point"],
            outputs: [name("\(short)_i32")],
            attributes: isConvolution ? convolutionAttributes(of: node) : [])
        writer.add(
            "Cast", name: name("cast"), inputs: [name("\(short)_i32")], outputs: [name("\(short)_f32")],
            attributes: [("to", .integer(1))])
        let scale = name(isConvolution ? "scale_c" : "scale_vec")
        writer.add(
            "Mul", name: name("scale_mul"), inputs: [name("a_scale"), "\(weights.name)_scale"], outputs: [scale])
        guard isConvolution else {
            writer.add("Mul", name: name("rescale"), inputs: [name("mm_f32"), scale], outputs: [result])
            return
        }
        let shape = [1, Int64(weights.shape[0])] + weights.shape.dropFirst(2).map { _ in 1 }
        writer.add(ONNXWeight(name("scale_shape"), shape: [shape.count], integers: shape))
        writer.add(
            "Reshape", name: name("scale_reshape"), inputs: [scale, name("scale_shape")],
            outputs: [name("scale_reshaped")])
        let bias = node.input(2)
        writer.add(
            "Mul", name: name("rescale"), inputs: [name("ci_f32"), name("scale_reshaped")],
            outputs: [bias == nil ? result : name("scaled")])
        guard let bias else { return }
        writer.add(ONNXWeight(name("bias_shape"), shape: [shape.count], integers: shape))
        writer.add(
            "Reshape", name: name("bias_reshape"), inputs: [bias, name("bias_shape")],
            outputs: [name("bias_reshaped")])
        writer.add("Add", name: name("bias_add"), inputs: [name("scaled"), name("bias_reshaped")], outputs: [result])
    }
}

/// The outputs of a matrix, along its first or its last axis.
struct OutputChannels: Sendable {
    let count: Int
    private let size: Int  // weights of one channel that stand together

    init(shape: [Int], axis: Int) {
        count = shape[axis]
        size = shape.dropFirst(axis + 1).reduce(1, *)
    }

    /// A channel's largest weight is 127; a channel without weights has the scale 1.
    func scales(_ values: [Float]) -> [Float] {
        var largest = [Float](repeating: 0, count: count)
        for (index, value) in values.enumerated() {
            let channel = index / size % count
            largest[channel] = max(largest[channel], abs(value))
        }
        return largest.map { $0 == 0 ? 1 : $0 / 127 }
    }

    /// Steps of the scale, halves away from zero.
    func steps(_ values: [Float]) -> [Int8] {
        let scales = scales(values)
        return values.enumerated().map { index, value in
            let step = (value / scales[index / size % count]).rounded(.toNearestOrAwayFromZero)
            return Int8(max(-128, min(127, step.isNaN ? 0 : step)))
        }
    }
}
