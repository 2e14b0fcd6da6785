package import STTValues

/// What is asked of a decode besides the words of its window.
package struct DecodeOptions: Sendable {
    /// Phrases that the search favours; `nil` for none.
    package var bias: TokenBias?
    /// The most hypotheses that are wanted. One is found by greedy search, more by a beam search, which evaluates the
    /// joint some times as often.
    package var hypothesisCount = 1
    /// What the end of a word is.
    package var wordEnds = WordEnds.spoken
    /// What the confidences of words become; `nil` leaves them as the search gives them.
    package var calibration: ConfidenceCalibration?
    /// Whether words of finals are also written by the head that the decoder has for it.
    package var fuses = false

    package init() {}
}
