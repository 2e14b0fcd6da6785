/// How a model sees audio, and how its samples, feature frames, encoder frames and seconds relate.
package struct ModelGeometry: Sendable, Hashable {
    /// Samples per second: mono, −1…1.
    package let sampleRate: Int
    /// Samples of one analysis frame.
    package let analysisLength: Int
    /// Samples between the starts of two analysis frames.
    package let hop: Int
    /// Values of one feature frame.
    package let bandCount: Int
    /// Feature frames of one encoder frame.
    package let stride: Int
    /// Feature frames of the longest window the encoder is given.
    package let longestWindow: Int

    /// All published heads of GigaAM v3: 64 bands every 10 ms from 20 ms, encoder frames of 40 ms, windows of 24 s.
    package static let gigaAM = ModelGeometry(
        sampleRate: 16_000, analysisLength: 320, hop: 160, bandCount: 64, stride: 4, longestWindow: 2_400)

    /// Speaker models of the WeSpeaker family: 80 bands every 10 ms from 25 ms, windows of 1.5 s.
    package static let weSpeaker = ModelGeometry(
        sampleRate: 16_000, analysisLength: 400, hop: 160, bandCount: 80, stride: 1, longestWindow: 150)

    /// Feature frames per second.
    package var featureFramesPerSecond: Int { sampleRate / hop }

    /// Seconds of `count` encoder frames. One multiplication of the whole count, so that times are reproducible and print
    /// as in gigastt: frame 35 is at 1.4000000000000001.
    package func seconds(encoderFrames count: Int) -> Double {
        Double(count) * (Double(hop * stride) / Double(sampleRate))
    }

    /// Seconds of `count` feature frames.
    package func seconds(featureFrames count: Int) -> Double { Double(count) / Double(featureFramesPerSecond) }

    /// Seconds of `count` samples.
    package func seconds(samples count: Int) -> Double { Double(count) / Double(sampleRate) }

    /// Feature frames that `samples` samples fill: there is no centre padding, and a rest of a frame is not used.
    package func featureFrames(samples: Int) -> Int {
        samples < analysisLength ? 0 : (samples - analysisLength) / hop + 1
    }

    /// Encoder frames that come out of `features` feature frames: convolutions of stride 2.
    package func encoderFrames(features: Int) -> Int { features < 1 ? 0 : (features - 1) / stride + 1 }

    /// Feature frames in `seconds`, rounded.
    package func featureFrames(seconds: Double) -> Int { Int((seconds * Double(featureFramesPerSecond)).rounded()) }
}
