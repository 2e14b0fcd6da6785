/// What each token adds to the gates of the LSTM: its embedding times the input weights, plus the bias.
final class GateTable {
    private let rows: AlignedFloats  // [token, width]
    private let width: Int
    private let tokenCount: Int

    /// 64 MB; the e2e head takes 5.
    private static let largestCount = 1 << 24

    /// `nil` when the table would be too large.
    init?(_ weights: PredictionWeights, using instructions: InstructionSet) {
        width = 4 * PackedMatrix.padded(weights.hiddenSize)
        tokenCount = weights.tokenCount
        let (count, overflow) = width.multipliedReportingOverflow(by: tokenCount)
        guard !overflow, count <= Self.largestCount else { return nil }
        rows = AlignedFloats(count: count)
        let layer = PackedMatrix(
            weights.inputWeights, bias: weights.bias, inputCount: weights.embeddingSize,
            outputCount: weights.hiddenSize, isTransposed: true, blockCount: 4)
        weights.embedding.withUnsafeBufferPointer { embedding in
            guard let start = embedding.baseAddress else { return }
            layer.multiply(start, rows: tokenCount, into: rows.start, using: instructions)
        }
    }

    /// The row of a token; `nil` out of range.
    func gates(of token: Int) -> UnsafePointer<Float>? {
        (0..<tokenCount).contains(token) ? UnsafePointer(rows.start + token * width) : nil
    }
}

// Proof: the memory is written in `init` only.
extension GateTable: @unchecked Sendable {}
