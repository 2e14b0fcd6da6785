package import OnnxRuntime

/// The encoder through ONNX Runtime. Inputs and outputs are taken by position: exports differ in the names.
package struct OnnxEncoder: Encoder {
    private let environment: OrtEnvironment
    private let session: OrtSession
    /// Channels of a frame as the graph declares them; `nil` when it leaves them open.
    package let channelCount: Int?

    init(_ graph: LoadedGraph) throws {
        try graph.require(
            inputs: [.floats(rank: 3), .integers(rank: 1)], outputs: [.floats(rank: 3), .integers(rank: 1)])
        channelCount = try graph.size(ofAxis: 1, of: graph.session.outputs[0])
        session = graph.session
        environment = graph.environment
    }

    package func encode(
        _ window: FeatureWindow, cancellation: RunCancellation
    ) throws(OrtError) -> EncodedFrames {
        let outputs = try session.run(
            [window.tensor(in: environment), window.lengthTensor(in: environment)], cancellation: cancellation)
        // `encoded` is [1, channel, frame].
        let encoded = outputs[0]
        let frameCount = try outputs[1].firstInteger()
        guard encoded.shape.count == 3, encoded.shape[0] == 1, (0...encoded.shape[2]).contains(frameCount) else {
            throw OrtError(
                .wrongType, "The encoder's output has an unexpected size.",
                detail: "Encoder output size mismatch: got \(encoded.shape), expected >= \(frameCount) frames")
        }
        let (channels, stride) = (encoded.shape[1], encoded.shape[2])
        let frames = try encoded.withElements(of: Float.self) { source in
            Result { () throws(OrtError) in
                try Tensor(
                    shape: [frameCount, channels], of: Float.self, in: environment, isZeroed: false
                ) { target in
                    for channel in 0..<channels {
                        for frame in 0..<frameCount {
                            target[frame * channels + channel] = source[channel * stride + frame]
                        }
                    }
                }
            }
        }
        return EncodedFrames(frames: try frames.get(), frameCount: frameCount, channelCount: channels)
    }
}

extension Tensor {
    /// The first element as an integer, of either width: exports differ.
    func firstInteger() throws(OrtError) -> Int {
        let value =
            elementType == .int64
            ? try withElements(of: Int64.self) { $0.first.map(Int.init) }
            : try withElements(of: Int32.self) { $0.first.map(Int.init) }
        guard let value else { throw OrtError(.wrongType, "A model's output is empty.") }
        return value
    }
}
