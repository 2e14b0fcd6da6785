import ONNXFile

extension GraphMatcher {
    /// A linear layer or a convolution, of floats or of the reference's int8 form, and what it reads.
    func linear(making value: String) -> (layer: LinearSource, input: String)? {
        if let convolution = floatConvolution(making: value) { return convolution }
        for (sums, bias) in operands("Add", making: value) {
            guard let bias = constant(bias), let (weights, scales, input, isConvolution) = product(making: sums) else {
                continue
            }
            let layer = LinearSource(weights: weights, scales: scales, bias: bias, isConvolution: isConvolution)
            guard bias.count == layer.outputCount else { continue }
            return (layer, input)
        }
        return nil
    }

    /// `Conv` with its own bias.
    private func floatConvolution(making value: String) -> (layer: LinearSource, input: String)? {
        guard let node = node("Conv", making: value), let input = node.input(0),
            let weights = node.input(1).flatMap(graph.constant), weights.shape.count == 3, weights.elementType == 1
        else { return nil }
        let bias = node.input(2).flatMap(graph.constant)
        guard bias == nil ? node.input(2) == nil : bias?.count == weights.shape[0] else { return nil }
        let layer = LinearSource(weights: weights, scales: nil, bias: bias, isConvolution: true)
        return isOrdinary(node, layer) ? (layer, source(of: input)) : nil
    }

    /// `MatMul`, or dynamic quantisation, integer product, and scaling.
    private func product(making value: String) -> (ONNXTensor, ONNXTensor?, String, Bool)? {
        if let product = node("MatMul", making: value), let input = product.input(0),
            let weights = product.input(1).flatMap(graph.constant), weights.shape.count == 2, weights.elementType == 1
        {
            return (weights, nil, source(of: input), false)
        }
        for (sums, scale) in operands("Mul", making: value) {
            guard let cast = node("Cast", making: sums), let integer = cast.input(0),
                let product = node("MatMulInteger", making: integer) ?? node("ConvInteger", making: integer),
                let weights = product.input(1).flatMap(graph.constant), weights.elementType == 3,
                product.input(3).flatMap(graph.constant).map(isZero) ?? true,
                let quantized = product.input(0),
                let quantization = graph.producer(of: quantized), quantization.type == "DynamicQuantizeLinear",
                let input = quantization.input(0), quantization.output(2) == product.input(2),
                let scales = self.scales(making: scale, of: quantization)
            else { continue }
            let isConvolution = product.type == "ConvInteger"
            let layer = LinearSource(weights: weights, scales: scales, bias: nil, isConvolution: isConvolution)
            guard weights.shape.count == (isConvolution ? 3 : 2), [1, layer.outputCount].contains(scales.count),
                !isConvolution || isOrdinary(product, layer)
            else { continue }
            return (weights, scales, source(of: input), isConvolution)
        }
        return nil
    }

    /// The scales of the weights: multiplied with the one of the activations.
    private func scales(making value: String, of quantization: ONNXNode) -> ONNXTensor? {
        for (activation, weights) in operands("Mul", making: value) where activation == quantization.output(1) {
            if let scales = graph.constant(weights), scales.elementType == 1 { return scales }
        }
        return nil
    }

    private func isZero(_ tensor: ONNXTensor) -> Bool { (try? tensor.signedBytes())?.allSatisfy { $0 == 0 } ?? false }

    /// The three convolutions of the encoder: stride 2 and 5 taps, one tap, or 5 taps for each channel by itself.
    private func isOrdinary(_ node: ONNXNode, _ layer: LinearSource) -> Bool {
        func integers(_ name: String, _ standard: [Int64]) -> [Int64] {
            if case .integers(let values)? = node.attributes[name] { return values }
            return standard
        }
        var groups: Int64 = 1
        if case .integer(let value)? = node.attributes["group"] { groups = value }
        let form = (layer.tapCount, integers("strides", [1]), integers("pads", [0, 0]), Int(groups))
        guard integers("dilations", [1]) == [1] else { return false }
        return form == (5, [2], [2, 2], 1) || form == (1, [1], [0, 0], 1)
            || form == (5, [1], [2, 2], layer.outputCount) && layer.inputCount == 1
    }
}
