/// What the confidence of a word is.
public enum ConfidenceScale: String, Sendable, Hashable, CaseIterable {
    /// Mean probability of the word's tokens, as gigastt 2.x gives it. Words that are wrong have high values, too.
    case raw
    /// How often a word of this probability is right, 0…1, by the calibration in the folder of the model
    /// (`confidence.json`); `raw` where there is none. The order of words is that of `raw`.
    case calibrated
}
