import STTValues

/// Where words end in the sound of a window. The search knows where it chose a word's last token; the sound of the word
/// goes on for a while behind it.
///
/// A word goes on to the next one unless there is a pause: some frames near the quietest ones of the window. Noise that
/// begins behind a word is no pause, so a word goes on for half a second at most.
enum SpokenEnds {
    /// Frames below the threshold that are a pause; the closure of a plosive is shorter.
    private static let pause = 9
    /// Frames behind the last token at most.
    private static let reach = 50
    /// The threshold between the quietest and the loudest frames of the window.
    private static let share: Float = 0.3

    /// Moves the ends of `words`, which are those of `window`, whose first frame is `firstFrame` of the stream.
    static func move(_ words: inout [Word], in window: FeatureWindow, firstFrame: Int, _ geometry: ModelGeometry) {
        guard !words.isEmpty, window.frameCount > 0 else { return }
        let levels = levels(of: window)
        let sorted = levels.sorted()
        let (low, high) = (sorted[sorted.count / 20], sorted[sorted.count * 19 / 20])
        let threshold = low + share * (high - low)
        for index in words.indices {
            let token = geometry.featureFrames(seconds: words[index].lastToken) - firstFrame
            let next = words.indices.contains(index + 1) ? words[index + 1].start : nil
            let nextFrame = next.map { geometry.featureFrames(seconds: $0) - firstFrame }
            let limit = min(nextFrame ?? levels.count, levels.count)
            guard token >= 0, token < limit else { continue }
            let end = end(of: levels, from: token, to: min(limit, token + reach), threshold)
            words[index].end = max(
                words[index].lastToken, geometry.seconds(featureFrames: firstFrame + end))
        }
    }

    /// The frame behind the last loud one before a pause; the limit when there is no pause before it.
    private static func end(of levels: [Float], from first: Int, to limit: Int, _ threshold: Float) -> Int {
        var end = first
        for frame in first..<limit {
            if levels[frame] > threshold { end = frame + 1 } else if frame - end >= pause { return end }
        }
        return limit - end < pause ? limit : end
    }

    /// Mean logarithm of the energies of each frame's bands.
    private static func levels(of window: FeatureWindow) -> [Float] {
        let bands = window.bandCount
        return window.values.withUnsafeBufferPointer { values in
            (0..<window.frameCount).map { frame in
                values[frame * bands..<(frame + 1) * bands].reduce(0, +) / Float(bands)
            }
        }
    }
}
