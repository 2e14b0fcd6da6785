import Foundation
import ONNXFile

/// A matrix of the source with its bias: a linear layer, or a convolution as the product that it is.
///
/// As a matrix it is `[tap × input, output]`: for a convolution `[output, input, tap]` in the file.
struct LinearSource: Sendable {
    let weights: ONNXTensor
    /// Of int8 weights: one an output, or one for all; `nil` for floats.
    let scales: ONNXTensor?
    let bias: ONNXTensor?
    let isConvolution: Bool

    var outputCount: Int { isConvolution ? weights.shape[0] : weights.shape[1] }
    var inputCount: Int { isConvolution ? weights.shape[1] : weights.shape[0] }
    var tapCount: Int { isConvolution ? weights.shape[2] : 1 }
    var rowCount: Int { inputCount * tapCount }

    /// `[output]`, of int8 weights.
    private func scaleOfOutputs() throws -> [Float]? {
        guard let values = try scales?.floats() else { return nil }
        return values.count == 1 ? [Float](repeating: values[0], count: outputCount) : values
    }

    /// The weights as floats.
    func floats(columns: Range<Int>) throws -> [Float] {
        guard let scale = try scaleOfOutputs() else { return try arranged(weights.floats(), columns) }
        return try arranged(weights.signedBytes(), columns).enumerated().map { index, value in
            Float(value) * scale[columns.lowerBound + index % columns.count]
        }
    }

    /// The weights of a convolution as floats, in the order of the file: `[output, input, tap]`.
    func convolutionFloats() throws -> [Float] {
        guard let scale = try scaleOfOutputs() else { return try weights.floats() }
        let size = inputCount * tapCount
        return try weights.signedBytes().enumerated().map { Float($1) * scale[$0 / size] }
    }

    /// One scale an output: the largest weight is 127, symmetric. An output without weights has the scale 1.
    func scales(columns: Range<Int>, factor: Float) throws -> [Float] {
        if let scale = try scaleOfOutputs() { return scale[columns].map { $0 * factor } }
        return try Self.scales(of: arranged(weights.floats(), columns), columnCount: columns.count, factor: factor)
    }

    /// Weights in steps of their scale, −127…127. Those of an int8 source are taken as they are.
    func steps(columns: Range<Int>) throws -> [Int8] {
        guard scales == nil else { return try arranged(weights.signedBytes(), columns) }
        let values = try arranged(weights.floats(), columns)
        let count = columns.count
        let scale = Self.scales(of: values, columnCount: count, factor: 1)
        return [Int8](unsafeUninitializedCapacity: values.count) { target, filled in
            for start in stride(from: 0, to: values.count, by: count) {
                for column in 0..<count {
                    let step = (values[start + column] / scale[column]).rounded(.toNearestOrEven)
                    // What is not a number becomes 0; the comparison of results will tell.
                    target[start + column] = Int8(max(-127, min(127, step.isNaN ? 0 : step)))
                }
            }
            filled = values.count
        }
    }

    /// The bias; zero where there is none.
    func biases(columns: Range<Int>, factor: Float) throws -> [Float] {
        guard let bias else { return [Float](repeating: 0, count: columns.count) }
        return try bias.floats()[columns].map { $0 * factor }
    }

    private static func scales(of values: [Float], columnCount: Int, factor: Float) -> [Float] {
        var largest = [Float](repeating: 0, count: columnCount)
        for start in stride(from: 0, to: values.count, by: columnCount) {
            for column in 0..<columnCount { largest[column] = max(largest[column], abs(values[start + column])) }
        }
        return largest.map { factor * ($0 == 0 ? 1 : $0 / 127) }
    }

    /// Brings the elements into the order `[tap × input, output]`, some outputs only.
    private func arranged<Element>(_ values: [Element], _ columns: Range<Int>) -> [Element] {
        let (inputs, outputs, taps) = (inputCount, outputCount, tapCount)
        if !isConvolution && columns.count == outputs { return values }
        var result: [Element] = []
        result.reserveCapacity(rowCount * columns.count)
        for tap in 0..<taps {
            for input in 0..<inputs {
                for column in columns {
                    result.append(
                        values[isConvolution ? (column * inputs + input) * taps + tap : input * outputs + column])
                }
            }
        }
        return result
    }
}
