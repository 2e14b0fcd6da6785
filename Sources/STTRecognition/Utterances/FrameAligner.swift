/// Pairs the level of each frame with its speech probability, which may come later.
struct FrameAligner: Sendable {
    private var levels: [Float] = []
    private var probabilities: [Float] = []
    private var start = 0  // of both: removing from the front is done in strides
    private var lastProbability: Float = 0
    /// Frames whose probability was extrapolated; the computed ones for these frames are dropped.
    private var owedFrames = 0

    /// Frames that wait.
    var count: Int { levels.count - start }

    mutating func append(levels: [Float], activity: [Float]) {
        let skipped = min(owedFrames, activity.count)
        owedFrames -= skipped
        self.levels += levels
        probabilities += activity.dropFirst(skipped)
    }

    /// Gives the frames without a probability that of the last frame that has one: a flush does not wait for more audio.
    mutating func extrapolate() {
        let missing = levels.count - probabilities.count
        guard missing > 0 else { return }
        owedFrames += missing
        probabilities += [Float](repeating: probabilities.last ?? lastProbability, count: missing)
    }

    /// The next frame that has a probability.
    mutating func next() -> (level: Float, activity: Float)? {
        guard start < min(levels.count, probabilities.count) else {
            compact()
            return nil
        }
        defer { start += 1 }
        lastProbability = probabilities[start]
        return (levels[start], lastProbability)
    }

    private mutating func compact() {
        levels.removeFirst(start)
        probabilities.removeFirst(min(start, probabilities.count))
        start = 0
    }
}
