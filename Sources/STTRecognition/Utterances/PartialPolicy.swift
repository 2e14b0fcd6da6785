/// When to decode a partial of the open utterance: often while it is young, less often as it grows or as the
/// machine falls behind. Lengths are in feature frames of 10 ms.
package struct PartialPolicy: Sendable, Hashable {
    /// Speech before the first partial.
    package var first = 12
    /// Least new audio between two partials.
    package var stride = 12
    /// New audio between two partials as a part of the window: the cost of a partial grows with the window.
    package var share = 0.12
    /// Most new audio between two partials.
    package var longestStride = 200
    /// A word this close to the edge of the audio may still grow, so it is not called stable.
    package var unstableEdge = 48
    /// A new word this close to the edge is likely to grow, so it is not shown yet, unless it is the first one.
    package var growingEdge = 8

    package init() {}

    /// For a recording, which is fed a second at a time: at most one partial for each second.
    package static let recording: PartialPolicy = {
        var policy = PartialPolicy()
        (policy.first, policy.stride) = (50, 100)
        return policy
    }()

    /// New frames to wait for before the next partial of a window of `length` frames, when audio of `lag` frames
    /// arrived while the last one was being decoded: decoding takes at most half of the time.
    package func stride(window length: Int, lag: Int) -> Int {
        min(max(stride, Int(share * Double(length)), 2 * lag), longestStride)
    }
}
