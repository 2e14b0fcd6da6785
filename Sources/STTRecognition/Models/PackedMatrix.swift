import CKernels

/// A matrix with its bias, stored as the kernels take it.
final class PackedMatrix {
    let inputCount: Int
    /// Floats of a row of results: the outputs, padded to whole panels.
    let width: Int
    private let weights: AlignedFloats
    private let bias: AlignedFloats

    /// Stores blocks of outputs one after the other, each padded by itself.
    ///
    /// - Parameters:
    ///   - matrix: `[input, output]`; with `blockCount`, or transposed, `[block, output, input]`.
    ///   - bias: `[block, output]`; empty for none.
    init(
        _ matrix: [Float], bias: [Float], inputCount: Int, outputCount: Int, isTransposed: Bool = false,
        blockCount: Int = 1
    ) {
        let blockWidth = Self.padded(outputCount)
        width = blockWidth * blockCount
        self.inputCount = inputCount
        weights = AlignedFloats(count: width * inputCount)
        self.bias = AlignedFloats(count: width)
        let (inputStride, outputStride) = isTransposed ? (1, inputCount) : (outputCount, 1)
        matrix.withUnsafeBufferPointer { matrix in
            guard let start = matrix.baseAddress else { return }
            for block in 0..<blockCount {
                kernels_pack(
                    start + block * inputCount * outputCount, inputCount, inputStride, outputCount, outputStride,
                    weights.start + block * inputCount * blockWidth)
            }
        }
        for (index, value) in bias.enumerated() {
            self.bias.start[index / outputCount * blockWidth + index % outputCount] = value
        }
    }

    /// `count`, rounded up to whole panels.
    static func padded(_ count: Int) -> Int {
        let panel = Int(KERNELS_PANEL)
        return (count + panel - 1) / panel * panel
    }

    /// y = x · weights + bias for rows of `inputCount` floats; `y` has rows of `width`.
    func multiply(
        _ x: UnsafePointer<Float>, rows: Int, into y: UnsafeMutablePointer<Float>, using instructions: InstructionSet
    ) {
        withKernelLayer { kernels_multiply(instructions.kernelSet, $0, x, rows, y) }
    }

    /// Calls `body` with the layer as the kernels take it, with another bias if one is given.
    func withKernelLayer(
        bias: UnsafePointer<Float>? = nil, _ body: (UnsafePointer<kernels_layer>) -> Void
    ) {
        var layer = kernels_layer(
            weights: weights.start, bias: bias ?? UnsafePointer(self.bias.start), inputs: inputCount,
            panels: width / Int(KERNELS_PANEL))
        withExtendedLifetime(self) { body(&layer) }
    }
}

// Proof: the memory is written in `init` only, and the kernels read it.
extension PackedMatrix: @unchecked Sendable {}
