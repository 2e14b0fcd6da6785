/// The one place that knows how samples, feature frames, encoder frames and seconds relate (GigaAM v3).
package enum FrameGeometry {
    /// Samples per second inside the engine: mono, −1…1.
    package static let sampleRate = 16_000
    /// Samples of one analysis frame: 20 ms.
    package static let analysisLength = 320
    /// Samples between the starts of two analysis frames: 10 ms.
    package static let hop = 160
    /// Log-mel values of one feature frame.
    package static let melBands = 64
    /// Feature frames of one encoder frame: 40 ms.
    package static let featureFramesPerEncoderFrame = 4
    /// Feature frames per second.
    package static let featureFramesPerSecond = 100

    /// Seconds of `count` encoder frames. One multiplication of the whole count, so that times are reproducible and print
    /// as in gigastt: frame 35 is at 1.4000000000000001.
    package static func seconds(encoderFrames count: Int) -> Double { Double(count) * 0.04 }

    /// Seconds of `count` feature frames.
    package static func seconds(featureFrames count: Int) -> Double {
        Double(count) / Double(featureFramesPerSecond)
    }

    /// Seconds of `count` samples.
    package static func seconds(samples count: Int) -> Double { Double(count) / Double(sampleRate) }

    /// Feature frames that `samples` samples fill: there is no centre padding, and a rest of a frame is not used.
    package static func featureFrames(samples: Int) -> Int {
        samples < analysisLength ? 0 : (samples - analysisLength) / hop + 1
    }

    /// Encoder frames that come out of `features` feature frames: two convolutions of stride 2.
    package static func encoderFrames(features: Int) -> Int { features < 1 ? 0 : (features - 1) / 4 + 1 }

    /// Feature frames in `seconds`, rounded.
    package static func featureFrames(seconds: Double) -> Int {
        Int((seconds * Double(featureFramesPerSecond)).rounded())
    }
}
