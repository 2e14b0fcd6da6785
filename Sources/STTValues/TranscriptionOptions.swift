/// How a recording is recognised.
public struct TranscriptionOptions: Sendable, Hashable {
    /// How the channels of a recording are handled.
    public enum Channels: Sendable, Hashable {
        /// Their mean is recognised.
        case mixed
        /// The two channels of a stereo recording are recognised apart: its words have the speakers 0 (left) and
        /// 1 (right). A recording with another number of channels, or with nearly the same sound in both, is
        /// recognised as `mixed` and has no speakers.
        ///
        /// The recording is read through once before, and the recognition takes twice as long. Memory does not grow
        /// with its length.
        case apart
    }

    /// What ends an utterance. With the same endpointing, the text of a recording is that of the live stream.
    public var endpointing = Endpointing.automatic
    /// Whether the voice activity model finds the speech, where one is loaded; else the energy of the audio does.
    public var usesVoiceActivityModel = true
    /// What the end of a word is.
    public var wordEnds = WordEnds.spoken
    /// What the confidence of a word is.
    public var confidence = ConfidenceScale.raw
    /// How the text is written.
    public var text = TextFormatting()
    /// Phrases to prefer; `nil` for those of the recognizer (`RecognizerConfiguration.hotwords`), without phrases for none.
    public var hotwords: Hotwords?
    /// Readings of each utterance that are wanted, 1…10. With more than one, `Segment.alternatives` has them; a beam
    /// search finds them, so the text may differ from that of one. Needs a transducer head.
    public var maximumAlternatives = 1
    /// How the channels are handled.
    public var channels = Channels.mixed
    /// How the speakers are told apart by their voices, where the recognizer has a speaker model and the channels are
    /// mixed; `nil`: not at all.
    public var speakers: SpeakerSeparation?
    /// Voices by which the speakers that are told apart get names; `nil`: none. The recognizer must have been loaded with
    /// `RecognizerConfiguration.identifiesSpeakers`.
    public var knownVoices: KnownVoices?
    /// How long it may wait for a worker to take it up before it is refused with `overloaded`; `nil` for no limit.
    public var queueTimeout: Duration?
    /// How long nothing may get done from then on before it ends with `timedOut`; every piece of audio that is read or
    /// decoded counts. `nil` for no limit.
    public var progressTimeout: Duration?
    /// Longest audio; more ends it with `audioTooLong`, before anything is decoded if its header says so. `nil` for no
    /// limit.
    public var maximumDuration: Duration?

    /// Endpoints by silence, channels mixed, no limits.
    public init() {}
}
