package import STTFeatures
package import STTInference

/// How one stream is recognised.
package struct StreamSettings: Sendable {
    package var rules = SegmentationRules()
    /// `nil` for a file: no previews.
    package var partials: PartialPolicy?
    /// Whether a final is decoded as soon as its window is complete, before the endpoint is certain.
    package var decodesAhead = false
    package var voiceActivity: any VoiceActivity = EnergyActivity()
    package var melPrecision = MelPrecision.float32
    /// The lane of text that will stand.
    package var finalLane = InferenceLane.file
    /// Closed utterances that may wait for their decode before the feeder has to wait: what bounds the memory of a
    /// stream, at up to 24 s of features (600 KB) each.
    package var undecodedLimit = 2
    /// How long a final may take from its endpoint before the stream fails with `timedOut`; `nil` for no limit.
    package var decodeLimit: Duration?
    /// What the caller of a recording waits for; `nil` for no limit.
    package var patience: PatienceClock?
    /// Events that nobody has read before the feeder has to wait.
    package var eventLimit = 256

    package init() {}
}
