import ONNXFile

/// For one utterance and one step a value has one axis longer than 1, so that no node that changes axes can bring its
/// numbers into another order.
extension GraphMatcher {
    /// A matrix with its bias, applied to one value.
    struct Dense {
        let input: String
        /// `[input, output]`
        let weights: [Float]
        let bias: [Float]
        var inputCount: Int { weights.count / max(1, bias.count) }
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
