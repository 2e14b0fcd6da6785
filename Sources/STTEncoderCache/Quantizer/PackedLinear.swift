/// A linear layer in panels of 64 outputs; outputs that fill the last panel are zero.
struct PackedLinear {
    private(set) var weights: [Int8]
    private(set) var scales: [Float]
    private(set) var bias: [Float]
    private(set) var sums: [Int32]
    private let inputs: Int

    private static let panel = 64

    /// - Parameter steps: `[input, output]`; rows beyond `inputs` are left out.
    init(_ steps: [Int8], inputs: Int, outputs: Int, scales: [Float], bias: [Float]) {
        let panel = Self.panel
        let columns = (outputs + panel - 1) / panel * panel
        self.inputs = inputs
        let padding = [Float](repeating: 0, count: columns - outputs)
        (self.scales, self.bias) = (scales + padding, bias + padding)
        weights = [Int8](repeating: 0, count: inputs * columns)
        sums = [Int32](repeating: 0, count: columns)
        weights.withUnsafeMutableBufferPointer { target in
            sums.withUnsafeMutableBufferPointer { sums in
                steps.withUnsafeBufferPointer { source in
                    for first in stride(from: 0, to: outputs, by: panel) {
                        for input in 0..<inputs {
                            let start = first * inputs + input / 4 * 4 * panel + input % 4
                            for column in 0..<min(panel, outputs - first) {
                                let value = source[input * outputs + first + column]
                                target[start + 4 * column] = value
                                sums[first + column] += Int32(value)
                            }
                        }
                    }
                }
            }
        }
    }

    /// A layer whose panels hold 32 outputs of this one and the 32 outputs of `gates` that belong to them.
    func interleaved(with gates: PackedLinear) -> PackedLinear {
        let half = Self.panel / 2
        var result = self
        result.weights = []
        (result.scales, result.bias, result.sums) = ([], [], [])
        for first in stride(from: 0, to: scales.count, by: half) {
            for group in 0..<inputs / 4 {
                let start = (first / Self.panel * inputs / 4 + group) * 4 * Self.panel + first % Self.panel * 4
                for layer in [self, gates] { result.weights += layer.weights[start..<start + 4 * half] }
            }
            for layer in [self, gates] {
                result.scales += layer.scales[first..<first + half]
                result.bias += layer.bias[first..<first + half]
                result.sums += layer.sums[first..<first + half]
            }
        }
        return result
    }
}
