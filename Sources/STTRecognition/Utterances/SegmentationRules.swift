/// When an utterance begins and ends. All lengths are in feature frames of 10 ms.
package struct SegmentationRules: Sendable, Hashable {
    /// Speech begins at this probability …
    package var onThreshold: Float = 0.5
    /// … and goes on down to this one.
    package var offThreshold: Float = 0.35
    /// Frames in a row above `onThreshold` that begin an utterance.
    package var onset = 3
    /// Audio before the onset that is decoded with it: a soft first consonant.
    package var preRoll = 30
    /// Audio after the last speech that is decoded with it. Fixed, so that the final can be decoded while the rest
    /// of the trailing silence is still being waited for.
    package var tail = 32
    /// Silence behind the tail, where there is as much: the time to decode the final in.
    package var lead = 12
    /// Audio after the last speech that is decoded even if it leaves less time: what the last sound of a word needs.
    package var shortestTail = 8
    /// Silence that ends an utterance; `nil` = only the caller does.
    package var trailingSilence: Int? = 50
    /// Longest window the encoder is given: 24 s, the length the model was trained for.
    package var longestWindow: Int
    /// From this length on the utterance is cut in a short pause.
    package var softLimit = 2_000
    /// What a short pause is.
    package var shortPause = 16
    /// Where speech goes on without a pause, the quietest point of this many frames ends the utterance.
    package var cutSearch = 400
    /// Audio beyond such a cut that both windows read, on each side.
    package var overlap = 100

    /// Whether and how words are looked for where no silence comes: for rooms that are never quiet.
    package var probing: Probing?

    /// When the model is asked whether there are words. Lengths are in feature frames of 10 ms.
    package struct Probing: Sendable, Hashable {
        /// A silence that makes a probe unnecessary.
        package var shortSilence = 5
        /// Time without such a silence before the first probe, and then between probes.
        package var firstProbeDelay = 300
        package var stride = 150
        /// Audio that a probe reads.
        package var window = 300
        /// Frames without a token that end an utterance (gigastt: 15 encoder frames, 0.6 s).
        package var blankRun = 60

        package init() {}
    }

    /// Window starts lie on encoder frames, of this many feature frames, so that word times are whole multiples of theirs.
    package var encoderStride: Int

    package init(_ geometry: ModelGeometry = .gigaAM) {
        longestWindow = geometry.longestWindow
        encoderStride = geometry.stride
    }

    /// The rules with another trailing silence, at least 80 ms; `nil` = none.
    package func withTrailingSilence(_ frames: Int?) -> SegmentationRules {
        var rules = self
        rules.trailingSilence = frames.map { max($0, 8) }
        return rules
    }

    /// The tail that fits into a pause of `frames`: the window is rounded up to an encoder frame within it.
    func tail(within frames: Int) -> Int {
        let longest = max(0, frames - encoderStride)
        return min(tail, longest, max(shortestTail, frames - lead))
    }
}
