import ONNXFile

extension FastEncoder {
    /// Adds one layer and returns the name of its result.
    mutating func add(
        _ layer: ConformerWeights.Layer, to x: String, _ tables: [String], name: String
    ) -> String {
        var trunk = add(layer.first, to: x, name: "\(name)_first")
        trunk = add(layer.attention, to: trunk, tables, name: "\(name)_attention")
        trunk = add(layer.convolution, to: trunk, name: "\(name)_convolution")
        trunk = add(layer.second, to: trunk, name: "\(name)_second")
        return graph.norm(trunk, layer.norm, name: "\(name)_norm")
    }

    private mutating func add(_ layer: ConformerWeights.FeedForward, to trunk: String, name: String) -> String {
        let normed = graph.norm(trunk, layer.norm, name: "\(name)_norm")
        let up = graph.linear(normed, .whole(layer.up), name: "\(name)_up")
        let inner = graph.swish(up, name: "\(name)_swish")
        // The ½ before the sum is folded into the second product.
        let down = graph.linear(inner, .whole(layer.down, factor: 0.5), name: "\(name)_down")
        return graph.add("Add", [trunk, down], name: "\(name)_sum")
    }

    /// GigaAM rotates before the projections: query and key read the rotated values, the value does not.
    private mutating func add(
        _ layer: ConformerWeights.Attention, to trunk: String, _ tables: [String], name: String
    ) -> String {
        let heads = ONNXModelWriter.Attribute.integer(Int64(weights.channelCount / layer.rotation.headSize))
        let normed = graph.norm(trunk, layer.norm, name: "\(name)_norm")
        let rotated = graph.add(
            "RotaryEmbedding", [normed, graph.integers(0)] + tables, name: "\(name)_rotated", isContributed: true,
            [("num_heads", heads)])
        let query = graph.linear(rotated, .whole(layer.query), name: "\(name)_query", isShared: true)
        let key = graph.linear(rotated, .whole(layer.key), name: "\(name)_key", isShared: true)
        let value = graph.linear(normed, .whole(layer.value), name: "\(name)_value")
        // No bias; then the keys that each window has.
        let masks = isBatch ? ["", lengths] : []
        let context = graph.add(
            "MultiHeadAttention", [query, key, value] + masks, name: "\(name)_context", isContributed: true,
            [("num_heads", heads)])
        let output = graph.linear(context, .whole(layer.output), name: "\(name)_output")
        return graph.add("Add", [trunk, output], name: "\(name)_sum")
    }

    private mutating func add(_ layer: ConformerWeights.Convolution, to trunk: String, name: String) -> String {
        let channels = weights.channelCount
        let normed = graph.norm(trunk, layer.norm, name: "\(name)_norm")
        let first = FastGraph.Part(source: layer.gated, columns: 0..<channels)
        let second = FastGraph.Part(source: layer.gated, columns: channels..<2 * channels)
        let sums = graph.linear(normed, first, name: "\(name)_sums", isShared: true)
        let gates = graph.linear(normed, second, name: "\(name)_gates", isShared: true)
        let opened = graph.add("Sigmoid", [gates], name: "\(name)_opened")
        let gated = graph.add("Mul", [sums, opened], name: "\(name)_gated")
        let cleared = clear(gated, except: kept, name: name)
        let filtered = depthwise(cleared, layer.depthwise, name: "\(name)_depthwise")
        let inner = graph.norm(filtered, layer.innerNorm, name: "\(name)_inner_norm")
        let activated = graph.swish(inner, name: "\(name)_swish")
        let output = graph.linear(activated, .whole(layer.output), name: "\(name)_output")
        return graph.add("Add", [trunk, output], name: "\(name)_sum")
    }

    /// Five taps for each channel by itself: too little arithmetic to gain from integers.
    private mutating func depthwise(_ x: String, _ layer: LinearSource, name: String) -> String {
        let count = layer.outputCount
        let matrix = graph.floats("\(name).w", shape: layer.weights.shape) { try layer.convolutionFloats() }
        let bias = graph.floats("\(name).b", shape: [count]) { try layer.biases(columns: 0..<count, factor: 1) }
        let turned = graph.add("Transpose", [x], name: "\(name)_turned", [("perm", .integers([0, 2, 1]))])
        let filtered = graph.add(
            "Conv", [turned, matrix, bias], name: name,
            [("group", .integer(Int64(count))), ("kernel_shape", .integers([5])), ("pads", .integers([2, 2]))])
        return graph.add("Transpose", [filtered], name: "\(name)_back", [("perm", .integers([0, 2, 1]))])
    }
}

extension FastGraph.Part {
    static func whole(_ source: LinearSource, factor: Float = 1) -> FastGraph.Part {
        FastGraph.Part(source: source, columns: 0..<source.outputCount, factor: factor)
    }
}
