/// Voice activity without a model: how far the level stands above an adaptive noise floor.
///
/// The floor is the lowest smoothed level of the last seconds (minimum statistics, Martin 2001): speech dips to it
/// between words, so it follows the noise and not the speech. It errs towards speech, since a false alarm costs a
/// decode that finds no words, and a miss costs words.
package struct EnergyActivity: VoiceActivity {
    /// A level this far above the floor, in dB, counts as speech with probability 1; half of it with ½.
    private static let certainRise: Float = 16
    /// The floor is never taken to be lower, in dBFS: below it lies the noise of 16-bit rounding.
    private static let lowestFloor: Float = -75
    /// Frames before the floor is trusted: until then the lowest possible one is used.
    private static let learningFrames = 200
    /// Frames of one block of the minimum, and how many blocks are remembered: 4 s in all.
    private static let blockLength = 50
    private static let blockCount = 8

    private var short = MovingAverage(length: 3)
    private var long = MovingAverage(length: 8)
    private var minima: [Float] = []  // of complete blocks, newest last
    private var blockMinimum = Float.infinity
    private var frameCount = 0

    package init() {}

    package func runsModel(appending sampleCount: Int?) -> Bool { false }

    package mutating func append(_ samples: [Float], levels: [Float]) -> [Float] { levels.map { next($0) } }

    package mutating func finish() -> [Float] { [] }

    private mutating func next(_ level: Float) -> Float {
        frameCount += 1
        blockMinimum = min(blockMinimum, long.next(level))
        if frameCount % Self.blockLength == 0 {
            minima.append(blockMinimum)
            if minima.count > Self.blockCount { minima.removeFirst() }
            blockMinimum = .infinity
        }
        let observed = frameCount < Self.learningFrames ? -.infinity : min(minima.min() ?? .infinity, blockMinimum)
        let rise = short.next(level) - max(observed, Self.lowestFloor)
        return min(max(rise / Self.certainRise, 0), 1)
    }
}

/// Mean of the last few values; of fewer at the start.
private struct MovingAverage {
    private let length: Int
    private var values: [Float] = []

    init(length: Int) { self.length = length }

    mutating func next(_ value: Float) -> Float {
        values.append(value)
        if values.count > length { values.removeFirst() }
        return values.reduce(0, +) / Float(values.count)
    }
}
