import ONNXFile

/// The modules of an encoder. Each question is answered with `nil` when the value is not made in the way asked for.
extension GraphMatcher {
    func constant(_ value: String) -> ONNXTensor? { graph.constant(value) ?? graph.constant(source(of: value)) }

    /// Both orders of the operands of a node of two.
    func operands(_ type: String, making value: String) -> [(String, String)] {
        guard let node = node(type, making: value), let first = node.input(0), let second = node.input(1) else {
            return []
        }
        return [(first, second), (second, first)]
    }

    /// The operand of x · sigmoid(x).
    func swish(making value: String) -> String? {
        for (operand, gate) in operands("Mul", making: value) {
            if let sigmoid = node("Sigmoid", making: gate), let input = sigmoid.input(0),
                source(of: input) == source(of: operand)
            {
                return source(of: operand)
            }
        }
        return nil
    }

    /// A normalisation over the channels, and what it reads.
    func norm(making value: String) -> (ConformerWeights.Norm, String)? {
        guard let node = node("LayerNormalization", making: value), let input = node.input(0),
            let weight = node.input(1).flatMap(graph.constant), let bias = node.input(2).flatMap(graph.constant),
            weight.shape.count == 1, bias.shape == weight.shape,
            case .float(let epsilon)? = node.attributes["epsilon"] ?? .float(1e-5), abs(epsilon - 1e-5) < 1e-9
        else { return nil }
        return (.init(weight: weight, bias: bias), source(of: input))
    }

    /// The value behind multiplications and divisions by one number, and the number that they come to.
    func unscaled(_ value: String) -> (value: String, factor: Float) {
        var (value, factor) = (source(of: value), Float(1))
        // The graph may contain a cycle.
        for _ in 0..<4 {
            if let (operand, number) = scaled(operands("Mul", making: value)) {
                (value, factor) = (source(of: operand), factor * number)
            } else if let (operand, number) = scaled(Array(operands("Div", making: value).prefix(1))) {
                (value, factor) = (source(of: operand), factor / number)
            } else {
                break
            }
        }
        return (value, factor)
    }

    private func scaled(_ operands: [(String, String)]) -> (String, Float)? {
        for (operand, number) in operands {
            if let tensor = graph.constant(number), tensor.count == 1, let factor = try? tensor.floats().first {
                return (operand, factor)
            }
        }
        return nil
    }
}
