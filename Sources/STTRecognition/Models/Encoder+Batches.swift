import Foundation
import OnnxRuntime

extension Encoder {
    /// The largest difference that a shorter window beside a longer one may make, relative to what changes over time. Other
    /// orders of sums stay far below it. Halves differ from floats by 0.001, and by 0.02 with random weights of full size; a
    /// mask that is left out makes 0.09 or more.
    private static var largestDifference: Double { 0.05 }

    /// Whether it encodes several windows in one run, each as it is encoded alone. Costs runs of two short windows.
    func encodesBatches(in environment: OrtEnvironment) throws(OrtError) -> Bool {
        let windows = [40, 100].map { count in
            FeatureWindow(
                values: (0..<count * 64).map { index in
                    let (time, band) = (Float(index / 64) / 100, Float(index % 64))
                    return -9 + 5 * sin(0.3 * band + 7 * time) * sin(9 * time) + sin(12.9 * band + 78.2 * time)
                })
        }
        let cancellation = try RunCancellation(in: environment)
        guard let together = try? encode(windows, cancellation: cancellation) else { return false }
        for (window, found) in zip(windows, together) {
            let alone = try encode(window, cancellation: cancellation)
            guard alone.frameCount == found.frameCount, alone.channelCount == found.channelCount else { return false }
            let values = try alone.frames.withElements(of: Float.self) { Array($0) }
            let others = try found.frames.withElements(of: Float.self) { Array($0) }
            let error = Self.difference(values, others, channels: alone.channelCount)
            guard error <= Self.largestDifference else { return false }
        }
        return true
    }

    /// Root of the mean square of the difference, relative to that of what changes over time in `first`.
    private static func difference(_ first: [Float], _ second: [Float], channels: Int) -> Double {
        var (error, change) = (0.0, 0.0)
        for channel in 0..<channels {
            let places = stride(from: channel, to: first.count, by: channels)
            let values = places.map { Double(first[$0]) }
            let mean = values.reduce(0, +) / Double(values.count)
            for (value, place) in zip(values, places) {
                error += (value - Double(second[place])) * (value - Double(second[place]))
                change += (value - mean) * (value - mean)
            }
        }
        return error.isFinite && change > 0 ? (error / change).squareRoot() : .infinity
    }
}
