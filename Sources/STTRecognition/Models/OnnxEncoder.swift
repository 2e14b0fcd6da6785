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
        _ windows: [FeatureWindow], cancellation: RunCancellation
    ) throws(OrtError) -> [EncodedFrames] {
        let outputs = try session.run(
            [windows.tensor(for: session), windows.lengthTensor(for: session)], cancellation: cancellation)
        // `encoded` is [window, channel, frame].
        let encoded = outputs[0]
        let frameCounts = try outputs[1].integers()
        guard encoded.shape.count == 3, encoded.shape[0] == windows.count, frameCounts.count == windows.count,
            frameCounts.allSatisfy((0...encoded.shape[2]).contains)
        else {
            throw OrtError(
                .wrongType, "The encoder's output has an unexpected size.",
                detail: "Encoder output size mismatch: got \(encoded.shape), expected >= \(frameCounts) frames")
        }
        var frames: [EncodedFrames] = []
        for (index, count) in frameCounts.enumerated() {
            frames.append(try self.frames(of: encoded, window: index, count: count))
        }
        return frames
    }

    /// The first `count` frames of a window.
    private func frames(of encoded: Tensor, window: Int, count: Int) throws(OrtError) -> EncodedFrames {
        let (channels, stride) = (encoded.shape[1], encoded.shape[2])
        let start = window * channels * stride
        let frames = try encoded.withElements(of: Float.self) { source in
            Result { () throws(OrtError) in
                try Tensor(shape: [count, channels], of: Float.self, in: environment, isZeroed: false) { target in
                    for channel in 0..<channels {
                        for frame in 0..<count {
                            target[frame * channels + channel] = source[start + channel * stride + frame]
                        }
                    }
                }
            }
        }
        return EncodedFrames(frames: try frames.get(), frameCount: count, channelCount: channels)
    }
}

extension Tensor {
    /// The elements as integers, of either width: exports differ.
    func integers() throws(OrtError) -> [Int] {
        elementType == .int64
            ? try withElements(of: Int64.self) { $0.map(Int.init) }
            : try withElements(of: Int32.self) { $0.map(Int.init) }
    }

    /// The first element as an integer.
    func firstInteger() throws(OrtError) -> Int {
        guard let value = try integers().first else { throw OrtError(.wrongType, "A model's output is empty.") }
        return value
    }
}
