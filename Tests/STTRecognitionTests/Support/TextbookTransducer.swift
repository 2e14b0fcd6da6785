import Foundation

/// Prediction network and joint as textbooks write them, in `Double`, with the weights of a `RandomTransducer`.
///
/// LSTM: Hochreiter and Schmidhuber 1997 with forget gates (Gers et al. 2000); gates in ONNX's order i, o, f, c.
/// Joint: Graves 2012 with a rectifier.
struct TextbookTransducer {
    private let sizes: RandomTransducer.Sizes
    private let weights: [String: [Double]]
    private(set) var hidden: [Double]
    private(set) var cell: [Double]

    init(_ network: RandomTransducer) {
        sizes = network.sizes
        weights = network.weights.mapValues { $0.map(Double.init) }
        hidden = Array(repeating: 0, count: network.sizes.hidden)
        cell = hidden
    }

    mutating func advance(by token: Int) {
        let x = self["embed"][token * sizes.embedding..<(token + 1) * sizes.embedding]
        var gates = zip(self["b"].prefix(4 * sizes.hidden), self["b"].suffix(4 * sizes.hidden)).map(+)
        add(product(of: self["w"], x), to: &gates)
        add(product(of: self["r"], hidden[...]), to: &gates)
        func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        for unit in 0..<sizes.hidden {
            let (input, output, forget, candidate) = (
                gates[unit], gates[sizes.hidden + unit], gates[2 * sizes.hidden + unit],
                gates[3 * sizes.hidden + unit]
            )
            cell[unit] = logistic(forget) * cell[unit] + logistic(input) * tanh(candidate)
            hidden[unit] = logistic(output) * tanh(cell[unit])
        }
    }

    /// Logarithms of the probabilities of all tokens.
    func scores(_ frame: [Float]) -> [Double] {
        var both = zip(self["be"], self["bp"]).map(+)
        add(product(frame.map(Double.init), self["we"]), to: &both)
        add(product(hidden, self["wp"]), to: &both)
        var logits = self["bo"]
        add(product(both.map { max(0, $0) }, self["wo"]), to: &logits)
        let total = log(logits.reduce(0) { $0 + exp($1) })
        return logits.map { $0 - total }
    }

    private subscript(name: String) -> [Double] { weights[name] ?? [] }

    /// `matrix [output, input]` · x
    private func product(of matrix: [Double], _ x: ArraySlice<Double>) -> [Double] {
        stride(from: 0, to: matrix.count, by: x.count).map { row in
            zip(matrix[row..<row + x.count], x).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }

    /// x · `matrix [input, output]`
    private func product(_ x: [Double], _ matrix: [Double]) -> [Double] {
        let width = matrix.count / x.count
        var sums = [Double](repeating: 0, count: width)
        for (row, value) in x.enumerated() {
            for column in 0..<width { sums[column] += value * matrix[row * width + column] }
        }
        return sums
    }

    private func add(_ terms: [Double], to sums: inout [Double]) {
        for (index, term) in terms.enumerated() { sums[index] += term }
    }
}
