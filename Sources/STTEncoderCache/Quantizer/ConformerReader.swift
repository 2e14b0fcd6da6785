import ONNXFile

/// Finds the weights of an encoder in its graph, from the last layer to the first.
struct ConformerReader {
    private let source: GraphMatcher
    private let operatorSet: Int64

    /// Far above the number of layers of any published encoder, 16.
    private static let mostLayers = 256

    /// Versions of the operators in which all that are looked for mean the same: from the one that has
    /// `LayerNormalization` to the newest that there was when this was written.
    private static let operatorSets: ClosedRange<Int64> = 17...25

    init(_ model: ONNXModel) {
        source = GraphMatcher(model.graph)
        operatorSet = model.operatorSets[""] ?? 0
    }

    /// Throws `notRecognised` with the place where the graph does something else than a GigaAM v3 encoder.
    func read() throws(QuantizeError) -> ConformerWeights {
        let graph = source.graph
        guard Self.operatorSets.contains(operatorSet) else { throw .notRecognised("operator set \(operatorSet)") }
        guard graph.inputs.count == 2, graph.outputs.count == 2 else {
            throw .notRecognised("\(graph.inputs.count) inputs, \(graph.outputs.count) outputs")
        }
        var value = source.source(of: graph.outputs[0])
        var projection: LinearSource?
        if let (linear, input) = source.linear(making: value), !linear.isConvolution {
            (projection, value) = (linear, input)
        }
        var layers: [ConformerWeights.Layer] = []
        while source.node("LayerNormalization", making: value) != nil, layers.count < Self.mostLayers {
            let (layer, input) = try layer(making: value)
            layers.append(layer)
            value = input
        }
        guard !layers.isEmpty else { throw .notRecognised("no layer before \(value)") }
        let weights = ConformerWeights(
            subsampling: try subsampling(making: value), layers: layers.reversed(), projection: projection)
        guard weights.isConsistent else { throw .notRecognised("sizes of the weights") }
        return weights
    }

    private func subsampling(making value: String) throws(QuantizeError) -> [LinearSource] {
        var (value, stages) = (value, [LinearSource]())
        for _ in 0..<2 {
            guard let rectifier = source.node("Relu", making: value), let input = rectifier.input(0),
                let (layer, before) = source.linear(making: input), layer.isConvolution, layer.tapCount == 5,
                layer.inputCount > 1
            else { throw .notRecognised("subsampling, \(value)") }
            stages.insert(layer, at: 0)
            value = before
        }
        guard value == source.graph.inputs[0] else { throw .notRecognised("subsampling reads \(value)") }
        return stages
    }

    private func layer(making value: String) throws(QuantizeError) -> (ConformerWeights.Layer, String) {
        guard let (norm, sum) = source.norm(making: value) else { throw .notRecognised("norm, \(value)") }
        let (second, afterConvolution) = try residual(sum, "feed-forward", feedForward)
        let (convolution, afterAttention) = try residual(afterConvolution, "convolution", convolution)
        let (attention, afterFirst) = try residual(afterAttention, "attention", attention)
        let (first, input) = try residual(afterFirst, "feed-forward", feedForward)
        return (.init(first: first, attention: attention, convolution: convolution, second: second, norm: norm), input)
    }

    /// trunk + branch(norm(trunk)), in either order.
    private func residual<Branch>(
        _ sum: String, _ name: String, _ branch: (String) -> (Branch, String)?
    ) throws(QuantizeError) -> (Branch, String) {
        for (trunk, result) in source.operands("Add", making: sum) {
            let trunk = source.source(of: trunk)
            if let (found, input) = branch(result), input == trunk { return (found, trunk) }
        }
        throw .notRecognised("\(name), \(sum)")
    }

    /// ½ · down(swish(up(norm(x))))
    private func feedForward(making value: String) -> (ConformerWeights.FeedForward, String)? {
        for (result, half) in source.operands("Mul", making: value) {
            guard let half = source.graph.constant(half), half.count == 1, (try? half.floats()) == [0.5],
                let (down, activated) = source.linear(making: result), let inner = source.swish(making: activated),
                let (up, normed) = source.linear(making: inner), !up.isConvolution, !down.isConvolution,
                let (norm, input) = source.norm(making: normed)
            else { continue }
            return (.init(norm: norm, up: up, down: down), input)
        }
        return nil
    }

    /// output(softmax(query · key / √head) · value)
    private func attention(making value: String) -> (ConformerWeights.Attention, String)? {
        guard let (output, context) = source.linear(making: value),
            let product = source.node("MatMul", making: context), product.inputs.count == 2,
            let scores = scores(making: product.inputs[0]),
            let (query, rotatedQuery) = source.linear(making: scores.query),
            let (key, rotatedKey) = source.linear(making: scores.key),
            let (value, normed) = source.linear(making: product.inputs[1]),
            let rotation = source.rotation(making: rotatedQuery, of: normed),
            source.rotation(making: rotatedKey, of: normed) != nil,
            abs(scores.factor * Float(rotation.headSize).squareRoot() - 1) < 1e-4,
            let (norm, input) = source.norm(making: normed)
        else { return nil }
        return (.init(norm: norm, query: query, key: key, value: value, output: output, rotation: rotation), input)
    }

    /// softmax(query · key · factor), over the last axis; the factor may stand at any of the three.
    private func scores(making value: String) -> (query: String, key: String, factor: Float)? {
        for masked in source.unmasked(value) {
            guard let softmax = source.node("Softmax", making: masked), softmax.inputs.count == 1,
                case .integer(let axis)? = softmax.attributes["axis"] ?? .integer(-1), axis == -1 || axis == 3
            else { continue }
            for logits in source.unmasked(softmax.inputs[0]) {
                let (product, factor) = source.unscaled(logits)
                guard let product = source.node("MatMul", making: product), product.inputs.count == 2 else { continue }
                let (query, key) = (source.unscaled(product.inputs[0]), source.unscaled(product.inputs[1]))
                return (query.value, key.value, factor * query.factor * key.factor)
            }
        }
        return nil
    }

    /// output(swish(norm(depthwise(gate(gated(norm(x)))))))
    private func convolution(making value: String) -> (ConformerWeights.Convolution, String)? {
        guard let (output, activated) = source.linear(making: value), output.isConvolution,
            let innerNormed = source.swish(making: activated),
            let (innerNorm, filtered) = source.norm(making: innerNormed),
            let (depthwise, gate) = source.linear(making: filtered), depthwise.isConvolution,
            depthwise.inputCount == 1, let sums = source.gate(making: gate),
            let (gated, normed) = source.linear(making: sums), gated.isConvolution,
            let (norm, input) = source.norm(making: normed)
        else { return nil }
        return (
            .init(norm: norm, gated: gated, depthwise: depthwise, innerNorm: innerNorm, output: output), input
        )
    }
}
