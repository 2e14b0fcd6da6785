import STTValues

/// Finds pauses in which utterances end, without recognising them.
///
/// What follows such a pause is recognised as within the whole: no window, no word and no level reaches across it. That holds
/// for the energy of the audio, whose memory is shorter than the audio that is read before a resumed position. Where rules
/// probe for words, utterances may end earlier than seen here. So a pause counts only when the utterance before it had no
/// probe, and began behind another pause that ends every utterance and lies before its window.
package struct PauseFinder: Sendable {
    private var frontEnd: any FrontEnd
    private var activity = EnergyActivity()
    private var segmenter: Segmenter
    private let rules: SegmentationRules
    private let geometry: ModelGeometry
    /// Whether the open utterance is the same whatever words there are.
    private var isCertain = true
    private var frame = 0
    /// The last frame that may be speech, the first one of the run that it belongs to, and the last one before that run.
    private var lastSpeech: Int?
    private var runStart = 0
    private var lastBefore: Int?

    /// A finder at the first sample; `nil` for rules by which silence ends no utterance.
    package init?(_ frontEnd: any FrontEnd, rules: SegmentationRules, geometry: ModelGeometry) {
        guard rules.trailingSilence != nil else { return nil }
        (self.frontEnd, self.rules, self.geometry) = (frontEnd, rules, geometry)
        segmenter = Segmenter(rules: rules)
    }

    /// Takes samples (16 kHz, mono, −1…1) and returns the seconds at which utterances ended in a pause.
    package mutating func append(_ samples: [Float]) -> [Double] {
        let features = frontEnd.append(samples.audible)
        let activities = activity.append(samples, levels: features.levels)
        return zip(features.levels, activities).compactMap { next(activity: $1, level: $0) }
    }

    private mutating func next(activity: Float, level: Float) -> Double? {
        var end: Double?
        if activity >= rules.offThreshold {
            if lastSpeech != frame - 1 { (runStart, lastBefore) = (frame, lastSpeech) }
            lastSpeech = frame
        }
        frame += 1
        for action in segmenter.next(activity: activity, level: level) {
            switch action {
            case .opened(let windowStart): isCertain = isCertain || isBehindPause(windowStart)
            case .probe: isCertain = false
            case .closed(let span) where span.endpoint == .silence && isCertain:
                end = geometry.seconds(featureFrames: span.coverage.upperBound)
            case .closed, .speculate, .speechResumed: break
            }
        }
        return end
    }

    /// Whether every utterance before a window has ended, wherever it did, and before the window.
    private func isBehindPause(_ windowStart: Int) -> Bool {
        guard let lastBefore, let trailing = rules.trailingSilence, runStart > lastBefore + trailing
        else { return false }
        return windowStart > lastBefore + 1 + rules.tail(within: trailing) + rules.encoderStride
    }
}
