import OnnxRuntime

/// The feature frames that the encoder reads in one run.
package struct FeatureWindow: Sendable {
    /// `[frame, mel]`
    package let values: [Float]
    package let bandCount: Int
    package var frameCount: Int { values.count / bandCount }

    package init(values: [Float], bandCount: Int = ModelGeometry.gigaAM.bandCount) {
        (self.values, self.bandCount) = (values, bandCount)
    }
}

/// Windows of the same number of bands.
extension [FeatureWindow] {
    /// The windows as models take them: `[window, mel, frame]`, with zeros behind the shorter ones.
    func tensor(for session: OrtSession) throws(OrtError) -> Tensor {
        let bands = self[0].bandCount
        let longest = map(\.frameCount).max() ?? 0
        let isPadded = contains { $0.frameCount < longest }
        return try session.tensor(
            shape: [count, bands, longest], of: Float.self, isZeroed: isPadded
        ) { target in
            for (index, window) in enumerated() {
                let start = index * bands * longest
                window.values.withUnsafeBufferPointer { source in
                    for frame in 0..<window.frameCount {
                        for band in 0..<bands {
                            target[start + band * longest + frame] = source[frame * bands + band]
                        }
                    }
                }
            }
        }
    }

    /// The numbers of valid frames as models take them: `[window]`.
    func lengthTensor(for session: OrtSession) throws(OrtError) -> Tensor {
        try session.tensor(shape: [count], of: Int64.self) { target in
            for (index, window) in enumerated() { target[index] = Int64(window.frameCount) }
        }
    }
}
