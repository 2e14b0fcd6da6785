package import Foundation
import ONNXFile
import OnnxRuntime

/// Makes a faster form of a speaker model: its convolutions in 8 bits, the sums between them in floats.
///
/// Weights have a scale for each channel. Values have the range that they take on made-up speech, and a quarter more. With
/// WeSpeaker's ResNet34 a window then takes a third of the time.
package struct SpeakerQuantizer {
    /// The name of the result, beside the model that it was made of.
    package static let fileName = "wespeaker_resnet34_int8.onnx"
    static let margin: Float = 1.25
    /// Least mean similarity of the vectors of made-up speech to those of the source.
    static let leastSimilarity = 0.95
    static let (windowCount, frameCount, bandCount) = (24, 148, 80)

    let source: URL
    let model: ONNXModel
    /// The convolutions that are made anew, by the name of what they make.
    let convolutions: [String: Convolution]
    let readers: [String: [ONNXNode]]

    struct Convolution {
        let node: ONNXNode
        let weights: ONNXTensor
        let bias: ONNXTensor?
        let attributes: [(String, ONNXModelWriter.Attribute)]
        /// What it reads, and what it makes: with the rectifier behind it, if nothing else reads it.
        let (input, output): (String, String)
        var isRectified: Bool { output != node.outputs[0] }
    }

    /// Reads a model. Throws `unreadable`, and `notRecognised` for one without convolutions.
    package init(_ source: URL) throws(QuantizeError) {
        self.source = source
        do {
            model = try ONNXModel(contentsOf: source)
        } catch {
            throw QuantizeError(.unreadable, error.message, detail: "\(source.path): \(error.detail)")
        }
        let graph = model.graph
        var readers: [String: [ONNXNode]] = [:]
        for node in graph.nodes { for input in node.inputs { readers[input, default: []].append(node) } }
        self.readers = readers
        let found = graph.nodes.compactMap { node in Self.convolution(node, graph, readers) }
        convolutions = Dictionary(found.map { ($0.node.outputs[0], $0) }) { first, _ in first }
        let isSpeakerModel = graph.inputs.count == 1 && graph.outputs.count == 1 && model.operatorSets[""] ?? 0 >= 10
        guard isSpeakerModel, !convolutions.isEmpty else {
            throw QuantizeError(
                .notRecognised,
                "The speaker model has no convolutions that can be made smaller. It can be used as it is.",
                detail: "\(graph.inputs.count) inputs, \(found.count) convolutions")
        }
    }

    private static func convolution(
        _ node: ONNXNode, _ graph: ONNXGraph, _ readers: [String: [ONNXNode]]
    ) -> Convolution? {
        guard node.type == "Conv", node.isStandard, node.outputs.count == 1, let input = node.input(0),
            let weights = node.input(1).flatMap({ graph.initializers[$0] }), weights.elementType == 1,
            weights.shape.count == 4, weights.count > 0
        else { return nil }
        let bias = node.input(2).flatMap { graph.initializers[$0] }
        guard node.input(2) == nil || bias?.count == weights.shape[0] else { return nil }
        var attributes: [(String, ONNXModelWriter.Attribute)] = []
        for (name, value) in node.attributes.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .integer(let number): attributes.append((name, .integer(number)))
            case .integers(let numbers): attributes.append((name, .integers(numbers)))
            case .text(let text): attributes.append((name, .text(text)))
            default: return nil
            }
        }
        var output = node.outputs[0]
        if let next = readers[output], next.count == 1, next[0].type == "Relu", next[0].isStandard,
            !graph.outputs.contains(output)
        {
            output = next[0].outputs[0]
        }
        return Convolution(
            node: node, weights: weights, bias: bias, attributes: attributes, input: input, output: output)
    }

    /// Writes the faster form to `target` and returns the mean similarity of its vectors to those of the source, 0…1.
    ///
    /// `target` is there whole or not at all. Takes some seconds. Throws `QuantizeError`, and what `progress` throws.
    @discardableResult
    package func quantize(to target: URL, replacing: Bool = false, progress: (Double) throws -> Void = { _ in }) throws
        -> Double
    {
        guard replacing || !FileManager.default.fileExists(atPath: target.path) else {
            throw QuantizeError(
                .exists, "There is a quantised speaker model already. Use --force to make it again.",
                detail: target.path)
        }
        do {
            let file = try AtomicFileWriter(target)
            let windows = (0..<Self.windowCount).map(Self.features)
            // The file of the probe is larger than the result, and is removed before the result is moved into place.
            let ranges = try measured(in: target.deletingLastPathComponent(), windows, progress)
            try writer(ranges).write { try file.write($0) }
            try file.close()
            let similarity = try similarity(of: file.temporary)
            guard similarity >= Self.leastSimilarity else { throw Self.notEqual("similarity \(similarity)") }
            try progress(1)
            try file.moveIntoPlace()
            return similarity
        } catch let error as ONNXFileError {
            throw QuantizeError(.unreadable, error.message, detail: error.detail)
        } catch let error as OrtError {
            throw Self.notEqual(error.detail)
        }
    }

    private static func notEqual(_ detail: String) -> QuantizeError {
        QuantizeError(
            .notEqual,
            "The new speaker model does not compute what its source does, and was deleted. The source can be used as it is.",
            detail: detail)
    }
}

// MARK: - Graph

extension SpeakerQuantizer {
    /// The model with 8-bit convolutions. A chain of them stays in 8 bits.
    private func writer(_ ranges: [String: Range]) throws(ONNXFileError) -> ONNXModelWriter {
        var writer = ONNXModelWriter(graphName: "speaker", operatorSets: model.operatorSets)
        let graph = model.graph
        let rectified = Set(convolutions.values.filter(\.isRectified).map(\.output))
        let replaced = Set(convolutions.values.flatMap { [$0.weights.name, $0.bias?.name].compactMap(\.self) })
        var quantised: Set<String> = []
        for value in values {
            guard let range = ranges[value] else { continue }
            writer.add(ONNXWeight("\(value).scale", shape: []) { [range.scale] })
            writer.add(ONNXWeight("\(value).zero", elementType: 2, elementSize: 1, shape: []) { Data([range.zero]) })
        }
        for node in graph.nodes {
            guard let output = node.outputs.first, let convolution = convolutions[output] else {
                // The rectifier of a convolution is the lower end of its range.
                if node.type != "Relu" || !rectified.contains(node.outputs[0]) { writer.add(node) }
                continue
            }
            let (input, made) = (convolution.input, convolution.output)
            if quantised.insert(input).inserted {
                writer.add(
                    "QuantizeLinear", name: "\(input).quantise", inputs: [input, "\(input).scale", "\(input).zero"],
                    outputs: ["\(input).bytes"])
            }
            try add(convolution, ranges, to: &writer)
            quantised.insert(made)
            let isRead =
                readers[made]?.contains { $0.outputs.first.flatMap { convolutions[$0] }?.input != made } ?? false
            if isRead || graph.outputs.contains(made) {
                writer.add(
                    "DequantizeLinear", name: "\(made).floats",
                    inputs: ["\(made).bytes", "\(made).scale", "\(made).zero"],
                    outputs: [made])
            }
        }
        for tensor in graph.initializers.values.sorted(by: { $0.name < $1.name }) {
            let isUsed = readers[tensor.name]?.contains { convolutions[$0.outputs.first ?? ""] == nil } ?? true
            if !replaced.contains(tensor.name) || isUsed { writer.add(ONNXWeight(tensor)) }
        }
        for port in graph.inputPorts { writer.addInput(port) }
        for port in graph.outputPorts { writer.addOutput(port) }
        return writer
    }

    private func add(
        _ convolution: Convolution, _ ranges: [String: Range], to writer: inout ONNXModelWriter
    ) throws(ONNXFileError) {
        guard let input = ranges[convolution.input] else { return }
        let name = convolution.node.outputs[0]
        let weights = try convolution.weights.floats()
        let (channels, size) = (convolution.weights.shape[0], convolution.weights.count / convolution.weights.shape[0])
        let scales = (0..<channels).map { channel in
            let most = weights[channel * size..<(channel + 1) * size].reduce(Float(0)) { max($0, abs($1)) }
            return max(most, 1e-10) / 127
        }
        let bytes = weights.enumerated().map { Int8(max(-127, min(127, ($1 / scales[$0 / size]).rounded()))) }
        let bias = try convolution.bias?.floats() ?? [Float](repeating: 0, count: channels)
        let biases = zip(bias, scales).map { bias, scale in
            Int32(max(-2e9, min(2e9, (Double(bias) / (Double(input.scale) * Double(scale))).rounded())))
        }
        let shape = convolution.weights.shape
        writer.add(
            ONNXWeight("\(name).w", elementType: 3, elementSize: 1, shape: shape) { bytes.withUnsafeBytes { Data($0) } }
        )
        writer.add(ONNXWeight("\(name).scales", shape: [channels]) { scales })
        writer.add(
            ONNXWeight("\(name).zeros", elementType: 3, elementSize: 1, shape: [channels]) { Data(count: channels) })
        writer.add(
            ONNXWeight("\(name).b", elementType: 6, elementSize: 4, shape: [channels]) {
                biases.withUnsafeBytes { Data($0) }
            })
        let (read, made) = (convolution.input, convolution.output)
        writer.add(
            "QLinearConv", name: "\(name).bytes",
            inputs: [
                "\(read).bytes", "\(read).scale", "\(read).zero", "\(name).w", "\(name).scales", "\(name).zeros",
                "\(made).scale", "\(made).zero", "\(name).b",
            ],
            outputs: ["\(made).bytes"], attributes: convolution.attributes)
    }
}
