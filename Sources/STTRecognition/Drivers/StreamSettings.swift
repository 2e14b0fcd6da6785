package import STTInference

/// How one stream is recognised.
package struct StreamSettings: Sendable {
    package var rules = SegmentationRules()
    /// `nil`: no partials.
    package var partials: PartialPolicy?
    /// Whether the feeder waits for the partial of what it fed, because a recording is fed faster than partials are
    /// decoded. They then have the lane of the finals: nothing live waits for them.
    package var awaitsPartials = false
    /// Whether a final is decoded as soon as its window is complete, before the endpoint is certain.
    package var decodesAhead = false
    /// What every decode of the stream is asked for.
    package var decodeOptions = DecodeOptions()
    /// What writes the text of a final from its words.
    package var finisher = SegmentFinisher()
    package var voiceActivity: any VoiceActivity = EnergyActivity()
    package var melPrecision = MelPrecision.float32
    /// Another front end for the same audio; `nil` costs nothing.
    package var tap: FeatureTap?
    /// Labels the words of finals with their speakers; instead of `tap`.
    package var speakers: LiveSpeakerTrack?
    /// The lane of text that will stand.
    package var finalLane = InferenceLane.file
    /// Closed utterances that may wait for their decode before the feeder has to wait: what bounds the memory of a
    /// stream, at up to 24 s of features (600 KB) each.
    package var undecodedLimit = 2
    /// Requests waiting in the lane of finals from which on that limit is one: many recordings at once wait in turn, with
    /// a window each. `nil` for no such limit.
    package var crowdedCount: Int?
    /// Whether the stream was admitted when it was opened. Else it is with its first window, which a full lane refuses;
    /// the windows after it wait.
    package var isAdmitted = false
    /// How long a final may take from its endpoint before the stream fails with `timedOut`; `nil` for no limit.
    package var finalTimeout: Duration?
    /// The limits of time of a recording; `nil` for none.
    package var watchdog: Watchdog?
    /// Called when a partial was decoded, whether it shows anything new or not, on the worker: for measuring. It must be short.
    package var onPartialDecode: (@Sendable () -> Void)?
    /// Events that are not read before the feeder has to wait.
    package var eventLimit = 256

    package init() {}
}
