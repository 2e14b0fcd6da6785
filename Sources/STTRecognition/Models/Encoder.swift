package import OnnxRuntime

/// The acoustic encoder: the one seam where another back-end may join.
package protocol Encoder: Sendable {
    /// Channels of a frame; `nil` when only a run tells.
    var channelCount: Int? { get }

    /// Encodes windows, each as it would be alone: in one run where the back-end has one for several, else one after the
    /// other. Blocks for about 40 ms per second of audio on one core with the int8 v3 model.
    func encode(_ windows: [FeatureWindow], cancellation: RunCancellation) throws(OrtError) -> [EncodedFrames]
}

extension Encoder {
    /// Encodes one window.
    package func encode(
        _ window: FeatureWindow, cancellation: RunCancellation
    ) throws(OrtError) -> EncodedFrames {
        try encode([window], cancellation: cancellation)[0]
    }
}

/// What the encoder made of one window.
package struct EncodedFrames: Sendable {
    /// `[frame, channel]`: a search reads frame by frame.
    package let frames: Tensor
    package let frameCount: Int
    package let channelCount: Int
}
