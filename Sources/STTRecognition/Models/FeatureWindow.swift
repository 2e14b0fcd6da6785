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

    /// The window as models take it: `[1, mel, frame]`.
    func tensor(in environment: OrtEnvironment) throws(OrtError) -> Tensor {
        let frames = frameCount
        let bands = bandCount
        return try Tensor(shape: [1, bands, frames], of: Float.self, in: environment, isZeroed: false) { target in
            values.withUnsafeBufferPointer { source in
                for frame in 0..<frames {
                    for band in 0..<bands { target[band * frames + frame] = source[frame * bands + band] }
                }
            }
        }
    }

    /// The number of valid frames as models take it: `[1]`.
    func lengthTensor(in environment: OrtEnvironment) throws(OrtError) -> Tensor {
        try Tensor(shape: [1], of: Int64.self, in: environment) { $0[0] = Int64(frameCount) }
    }
}
