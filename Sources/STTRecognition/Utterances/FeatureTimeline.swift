/// The feature frames of a stream that may still be decoded, by absolute index.
///
/// At rest it holds the pre-roll (some 10 KB); during speech it grows by 25.6 KB a second, to 24 s.
struct FeatureTimeline: Sendable {
    private let bandCount: Int
    private var values: [Float] = []
    private var firstFrame: Int

    /// - Parameter firstFrame: the index of the first frame that is appended.
    init(bandCount: Int, firstFrame: Int = 0) {
        self.bandCount = bandCount
        self.firstFrame = firstFrame
    }

    var endFrame: Int { firstFrame + values.count / bandCount }

    mutating func append(_ features: [Float]) { values.append(contentsOf: features) }

    /// The frames of `range`, which must not have been dropped, as one window.
    func window(_ range: Range<Int>) -> FeatureWindow {
        let bands = bandCount
        let kept = range.clamped(to: firstFrame..<endFrame)
        let (start, end) = ((kept.lowerBound - firstFrame) * bands, (kept.upperBound - firstFrame) * bands)
        return FeatureWindow(values: Array(values[start..<end]), bandCount: bandCount)
    }

    /// Frames that are forgotten at a time at least: often enough to stay small, rarely enough to copy little.
    private static let discardStride = 25

    /// Forgets frames before `frame`, sooner or later.
    mutating func discard(before frame: Int) {
        let count = min(frame, endFrame) - firstFrame
        guard count >= Self.discardStride || frame >= endFrame else { return }
        values = Array(values[(count * bandCount)...])
        firstFrame += count
    }
}
