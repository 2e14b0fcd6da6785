import ONNXFile

extension GraphMatcher {
    /// Both values between which a mask chooses, or the value itself. A mask hides what is behind the end of shorter
    /// utterances of a batch; for one utterance it changes nothing.
    func unmasked(_ value: String) -> [String] {
        guard let mask = node("Where", making: value) else { return [source(of: value)] }
        return mask.inputs.dropFirst().map(source)
    }

    /// first half · sigmoid(second half), of channels; padding may have been set to zero.
    func gate(making value: String) -> String? {
        for (first, gate) in unmasked(value).flatMap({ operands("Mul", making: $0) }) {
            guard let sigmoid = node("Sigmoid", making: gate), let second = sigmoid.input(0) else { continue }
            for input in [node("Split", making: first), node("Slice", making: first)].compactMap({ $0?.input(0) })
            where areHalves(first, second, of: source(of: input)) {
                return source(of: input)
            }
        }
        return nil
    }
}
