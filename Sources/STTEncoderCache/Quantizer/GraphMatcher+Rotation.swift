import ONNXFile

extension GraphMatcher {
    /// Rotary positions (Su et al. 2021): the first half of each head is turned against the second.
    ///
    /// Known are (a·cos − b·sin ‖ b·cos + a·sin) and (a ‖ b)·cos + (−b ‖ a)·sin, where a and b are the halves of
    /// `origin`. The answer is the tables; `nil` when a value is made in any other way.
    func rotation(making value: String, of origin: String) -> ConformerWeights.Rotation? {
        let found = halvesRotation(making: value, of: origin) ?? wholeRotation(making: value, of: origin)
        guard let (cosine, sine) = found, let first = table(cosine), let second = table(sine) else { return nil }
        let rotation = ConformerWeights.Rotation(cosine: first, sine: second)
        return rotation.isRotation ? rotation : nil
    }

    private typealias Tables = (cosine: String, sine: String)

    /// (a·cos − b·sin ‖ b·cos + a·sin)
    private func halvesRotation(making value: String, of origin: String) -> Tables? {
        guard let joined = node("Concat", making: value), joined.inputs.count == 2,
            let difference = node("Sub", making: joined.inputs[0]), difference.inputs.count == 2
        else { return nil }
        for (a, cosine) in operands("Mul", making: difference.inputs[0]) {
            for (b, sine) in operands("Mul", making: difference.inputs[1])
            where areHalves(a, b, of: origin) && isSum(joined.inputs[1], [(b, cosine), (a, sine)]) {
                return (cosine, sine)
            }
        }
        return nil
    }

    /// (a ‖ b)·cos + (−b ‖ a)·sin
    private func wholeRotation(making value: String, of origin: String) -> Tables? {
        for (straight, turned) in operands("Add", making: value) {
            for (x, cosine) in operands("Mul", making: straight) where source(of: x) == origin {
                for (joined, sine) in operands("Mul", making: turned) {
                    guard let joined = node("Concat", making: joined), joined.inputs.count == 2,
                        let negative = node("Neg", making: joined.inputs[0]), let b = negative.input(0),
                        areHalves(joined.inputs[1], b, of: origin)
                    else { continue }
                    return (cosine, sine)
                }
            }
        }
        return nil
    }

    /// Whether a value is the sum of these two products.
    private func isSum(_ value: String, _ products: [(String, String)]) -> Bool {
        operands("Add", making: value).contains { terms in
            zip([terms.0, terms.1], products).allSatisfy { term, product in
                operands("Mul", making: term).contains { $0 == product }
            }
        }
    }

    /// Whether two values are the first and the second half of a value, along the same axis.
    func areHalves(_ first: String, _ second: String, of origin: String) -> Bool {
        if let split = node("Split", making: first), let input = split.input(0) {
            return split.outputs == [source(of: first), source(of: second)] && source(of: input) == origin
        }
        guard let low = node("Slice", making: first), let high = node("Slice", making: second),
            let input = low.input(0), high.input(0) == input, source(of: input) == origin,
            let start = low.input(1).flatMap(graph.constant), (try? start.integers()) == [0],
            let middle = low.input(2), let other = high.input(1)
        else { return false }
        let values = [middle, other].map { try? graph.constant($0)?.integers() }
        return middle == other || values[0] != nil && values[0] == values[1]
    }

    /// The constant of which a value is a part.
    private func table(_ value: String) -> ONNXTensor? {
        var value = value
        for _ in 0..<8 {
            value = source(of: value)
            if let constant = graph.constant(value) { return constant.elementType == 1 ? constant : nil }
            guard let part = node("Slice", making: value), let input = part.input(0) else { return nil }
            value = input
        }
        return nil
    }
}
