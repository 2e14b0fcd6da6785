import ONNXFile

/// Follows the values of a graph back to where they come from, whatever its nodes are called.
///
/// Nodes that only rename axes are passed over. For one utterance and one step a value has one axis longer than 1, so
/// that no such node can bring its numbers into another order.
struct GraphTrace {
    let graph: ONNXGraph

    private static let axisOperators: Set<String> = ["Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"]

    /// A matrix with its bias, applied to one value.
    struct Dense {
        let input: String
        /// `[input, output]`
        let weights: [Float]
        let bias: [Float]
        var inputCount: Int { weights.count / max(1, bias.count) }
    }

    /// The value that `value` is, but for its axes.
    func source(of value: String) -> String {
        var value = value
        // A file may be a circle.
        for _ in 0..<16 {
            guard let node = graph.maker(of: value), node.isStandard, Self.axisOperators.contains(node.type),
                let input = node.input(0)
            else { break }
            value = input
        }
        return value
    }

    /// The standard node of this type that makes a value.
    func node(_ type: String, making value: String) -> ONNXNode? {
        guard let node = graph.maker(of: source(of: value)), node.isStandard, node.type == type else { return nil }
        return node
    }

    /// `Add` of a constant and a `MatMul` by a constant; the operands of the sum stand in either order.
    func dense(making value: String) throws(ONNXFileError) -> Dense? {
        guard let sum = node("Add", making: value) else { return nil }
        for (bias, product) in [(0, 1), (1, 0)] {
            guard let biasName = sum.input(bias), let bias = graph.constant(biasName), bias.shape.count == 1,
                let productName = sum.input(product), let product = node("MatMul", making: productName),
                let input = product.input(0), let weightsName = product.input(1),
                let weights = graph.constant(weightsName), weights.shape.count == 2, weights.shape[1] == bias.count,
                weights.count > 0
            else { continue }
            return Dense(input: source(of: input), weights: try weights.floats(), bias: try bias.floats())
        }
        return nil
    }
}
