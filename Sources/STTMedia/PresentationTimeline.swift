/// Decides where decoded samples belong, by the times that their packets state.
///
/// Samples follow one another unless a packet states a later time: then silence fills the gap. No sample is dropped,
/// and none is moved earlier.
struct PresentationTimeline: Sendable {
    /// Differences below this are rounding of time stamps, or drift of a recorder's clock.
    static let tolerance = 0.05
    /// The same before the first sample, where only a rounded encoder delay can make a difference.
    static let toleranceAtStart = 0.01
    /// A gap longer than this is a jump in the time stamps, not part of the recording.
    static let longestGap = 24.0 * 3600
    /// Time stamps that fall back further than this have begun anew, as where recordings were joined.
    static let restart = 1.0

    /// Seconds that lie before the next sample.
    private(set) var position = 0.0
    /// What to add to a stated time; other than 0 after a jump.
    private var offset = 0.0

    /// Seconds of silence that come before a block, and are now part of the position.
    ///
    /// - Parameter time: what the block's packet states; `nil` = nothing.
    mutating func gap(before time: Double?) -> Double {
        guard let time, time.isFinite else { return 0 }
        let gap = time + offset - position
        guard gap >= -Self.restart, gap <= Self.longestGap else {
            offset = position - time
            return 0
        }
        guard gap > (position == 0 ? Self.toleranceAtStart : Self.tolerance) else { return 0 }
        position += gap
        return gap
    }

    /// Notes samples that were placed.
    mutating func advance(_ sampleCount: Int, sampleRate: Int) {
        guard sampleRate > 0 else { return }
        position += Double(sampleCount) / Double(sampleRate)
    }
}
