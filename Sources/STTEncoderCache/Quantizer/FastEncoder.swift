import ONNXFile

/// The encoder as it runs fastest: the same weights and the same function, laid out `[frame, channel]` throughout, every
/// convolution but the depthwise one as a product of unsigned activations with signed weights, which processors have
/// instructions for.
struct FastEncoder {
    let weights: ConformerWeights
    let source: ONNXModel
    /// Whether windows of different lengths are encoded together, each as it would be alone.
    let isBatch: Bool
    var graph: FastGraph
    /// Valid frames of each window at the rate of the layers, and which frames are valid; of a batch.
    var lengths = "", kept = ""

    /// The layout of `source`; with `isFloat`, without quantisation. A batch is computed in floats, or with `isHalf` in
    /// halves: measured activations would depend on the other windows.
    init(
        _ weights: ConformerWeights, of source: ONNXModel, isFloat: Bool = false, isBatch: Bool = false,
        isHalf: Bool = false
    ) {
        (self.weights, self.source, self.isBatch) = (weights, source, isBatch)
        graph = FastGraph(operatorSet: 17, isFloat: isFloat || isBatch, isHalf: isHalf)
    }

    /// The graph, with the inputs and outputs of the source; the first axis of those of a batch is open.
    func build() throws(ONNXFileError) -> ONNXModelWriter {
        var encoder = self
        try encoder.addNodes()
        return encoder.graph.writer
    }

    private mutating func addNodes() throws(ONNXFileError) {
        let ports = isBatch ? batchPorts : (inputs: source.graph.inputPorts, outputs: source.graph.outputPorts)
        for port in ports.inputs { graph.addInput(port) }
        for port in ports.outputs { graph.addOutput(port) }
        let length = ports.inputs[1].name
        let halved = half(length, "length_1")
        let quartered = half(halved, "length_2")
        graph.finish("Cast", [quartered], as: ports.outputs[1].name, [("to", .integer(ports.outputs[1].elementType))])
        let features = cast(ports.inputs[0].name, toHalves: true, name: "features_halves")
        var x = graph.add("Transpose", [features], name: "features", [("perm", .integers([0, 2, 1]))])
        x = clear(x, behind: length, name: "features")
        x = subsample(x, weights.subsampling[0], name: "subsampling_1", isQuantized: false)
        x = clear(x, behind: halved, name: "subsampling_1")
        x = subsample(x, weights.subsampling[1], name: "subsampling_2", isQuantized: !graph.isFloat)
        if isBatch {
            kept = keep(x, lengths: quartered, name: "layers")
            lengths = graph.add("Cast", [quartered], name: "layers_lengths", [("to", .integer(6))])
        }
        let tables = try rotationTables()
        for (index, layer) in weights.layers.enumerated() {
            x = add(layer, to: x, tables, name: "layer_\(index)")
        }
        if let projection = weights.projection { x = graph.linear(x, .whole(projection), name: "projection") }
        x = cast(x, toHalves: false, name: "encoded_floats")
        graph.finish("Transpose", [x], as: ports.outputs[0].name, [("perm", .integers([0, 2, 1]))])
    }

    /// `x` in the type of the layers, or back in that of the ports: where layers are halves, ports are still floats.
    private mutating func cast(_ x: String, toHalves: Bool, name: String) -> String {
        graph.isHalf ? graph.add("Cast", [x], name: name, [("to", .integer(toHalves ? 10 : 1))]) : x
    }

    /// ⌈n / 2⌉
    private mutating func half(_ n: String, _ name: String) -> String {
        let sum = graph.add("Add", [n, graph.integers(1)], name: "\(name)_add")
        return graph.add("Div", [sum, graph.integers(2)], name: name)
    }

    /// A convolution of stride 2 and 5 taps as a product over three pairs of frames, then a rectifier.
    private mutating func subsample(
        _ x: String, _ layer: LinearSource, name: String, isQuantized: Bool
    ) -> String {
        let channels = layer.inputCount
        let count = graph.add("Shape", [x], name: "\(name)_count", [("start", .integer(1)), ("end", .integer(2))])
        let halved = half(count, "\(name)_half")
        // Two frames of padding in front, and so many behind that there are `halved` + 2 pairs.
        let doubled = graph.add("Mul", [halved, graph.integers(2)], name: "\(name)_doubled")
        let end = graph.add("Add", [doubled, graph.integers(2)], name: "\(name)_end")
        let behind = graph.add("Sub", [end, count], name: "\(name)_behind")
        let pads = graph.add(
            "Concat", [graph.integers(0, 2, 0, 0), behind, graph.integers(0)], name: "\(name)_pads",
            [("axis", .integer(0))])
        let padded = graph.add("Pad", [x, pads], name: "\(name)_padded")
        var pairs = graph.add(
            "Reshape", [padded, graph.integers(0, -1, Int64(2 * channels))], name: "\(name)_pairs")
        // Quantised before it is unfolded: that copies bytes, not floats.
        let steps = isQuantized ? graph.quantize(pairs, name: "\(name)_steps") : []
        pairs = steps.first ?? pairs
        var parts: [String] = []
        for offset in 0..<3 {
            let start = graph.integers(Int64(offset))
            let end = offset == 0 ? halved : graph.add("Add", [halved, start], name: "\(name)_end_\(offset)")
            parts.append(
                graph.add("Slice", [pairs, start, end, graph.integers(1)], name: "\(name)_part_\(offset)"))
        }
        let unfolded = graph.add("Concat", parts, name: "\(name)_unfolded", [("axis", .integer(2))])
        let part = FastGraph.Part(source: layer, columns: 0..<layer.outputCount, paddingRows: channels)
        if isQuantized { graph.note(unfolded, isQuantizedAs: steps) }
        let product =
            isQuantized ? graph.linear(unfolded, part, name: name) : graph.floatLinear(unfolded, part, name: name)
        return graph.add("Relu", [product], name: "\(name)_relu")
    }

    /// Cosines and sines, `[position, half a head]`, of the first layer: all have the same.
    private mutating func rotationTables() throws(ONNXFileError) -> [String] {
        let rotation = weights.layers[0].attention.rotation
        let shape = [rotation.positionCount, rotation.headSize / 2]
        let tables = try rotation.halves()
        return [
            graph.floats("rotation.cosine", shape: shape) { tables.cosine },
            graph.floats("rotation.sine", shape: shape) { tables.sine },
        ]
    }
}
